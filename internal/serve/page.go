package serve

import (
	"context"
	"net/http"
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
