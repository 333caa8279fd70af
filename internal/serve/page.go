package serve

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/pages"
	"github.com/basic-eldercare/eldercare/policy/site"
)

// paged holds the pages of an edition for one day. They are made when somebody first asks for one.
type paged struct {
	sync.Mutex
	on   eldercare.Date
	site *site.Site
}

// of returns the pages of today, with one for registers of at most so many bytes.
func (p *paged) of(ctx context.Context, engine *eldercare.Engine, upload int64) (*site.Site, error) {
	p.Lock()
	defer p.Unlock()
	if today := engine.Today(); p.site == nil || p.on != today {
		made, err := pages.WithUpload(context.WithoutCancel(ctx), engine, today, upload) // others wait for it, too
		if err != nil {
			return nil, err
		}
		p.site, p.on = made, today
	}
	return p.site, nil
}

// page shows a page, or a file that one needs. It reports false where there is none at the address.
// Pages are the same for everybody and nothing is sent to them, so nobody needs a token.
func (s *Server) page(w http.ResponseWriter, r *http.Request) (bool, error) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false, nil
	}
	e, upload := s.current.Load(), int64(0)
	if s.Upload {
		upload = s.Limits.Body
	}
	all, err := e.pages.of(r.Context(), e.Engine, upload)
	if err != nil || !all.Has(r.URL.Path) {
		return false, err
	}
	all.ServeHTTP(w, r)
	return true, nil
}

// lost is the page for people whose address leads nowhere. It repeats nothing of the address.
const lost = `<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>没有这个页面</title>
<link rel="stylesheet" href="/site.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<main>
<h1>没有这个页面</h1>
<p>网址可能有误，或清单已有变动。<a href="/">返回首页</a></p>
<p lang="en">There is no such page. <a href="/en/">Go to the start</a></p>
</main>
</body>
</html>
`

// isForPeople reports whether a browser asks for a page: it names HTML among what it takes, which
// programs do not, and does not ask the interface.
func isForPeople(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	names := strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
	return reads && names && !strings.HasPrefix(r.URL.Path, "/v1/")
}

// writeLost answers with the page for people whose address leads nowhere.
func writeLost(w http.ResponseWriter) {
	h := w.Header()
	site.Guard(h)
	h.Set("Content-Type", formHTML.mediaType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, lost) // who is gone needs no answer
}
