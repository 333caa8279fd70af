package serve

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bundlePath is where the bundle for OPA is.
const bundlePath = "/bundles/eldercare.tar.gz"

// typeBundle tells OPA that it may poll for long.
const typeBundle = "application/vnd.openpolicyagent.bundles"

// longestWait is how long a client may wait for another bundle.
const longestWait = 10 * time.Minute

// serveBundle gives the bundle to who does not have it. Who has it, and prefers to wait, is told of
// the next one as soon as it is there.
func (s *Server) serveBundle(w http.ResponseWriter, r *http.Request) error {
	wait := preferredWait(r.Header.Values("Prefer"))
	if wait > 0 {
		control, until := http.NewResponseController(w), time.Now().Add(wait+s.Limits.Time)
		_ = control.SetReadDeadline(until) // who cannot wait is answered sooner
		_ = control.SetWriteDeadline(until)
	}
	timeout := time.After(wait)
	e := s.current.Load()
	for isAmong(s.bundleTag(e), r.Header.Values("If-None-Match")) {
		select {
		case <-e.replaced:
			e = s.current.Load()
			continue
		case <-timeout:
		case <-s.ending:
		case <-r.Context().Done():
		}
		s.bundleHead(w, e)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	s.bundleHead(w, e)
	_, err := w.Write(e.bundle)
	return err
}

func (s *Server) bundleHead(w http.ResponseWriter, e *edition) {
	w.Header().Set("Content-Type", typeBundle)
	w.Header().Set("ETag", s.bundleTag(e))
	w.Header().Set("Cache-Control", "no-cache")
}

// bundleTag is the ETag of a bundle: two servers with the same lists have the same.
func (s *Server) bundleTag(e *edition) string {
	if s.Sign != "" {
		return `"` + e.revision + `/signed"`
	}
	return `"` + e.revision + `"`
}

// preferredWait returns how long a client would wait: that of Prefer: modes=snapshot;wait=10.
func preferredWait(prefer []string) time.Duration {
	words := strings.FieldsFunc(strings.Join(prefer, ","), func(r rune) bool { return r == ',' || r == ';' })
	for _, word := range words {
		text, ok := strings.CutPrefix(strings.TrimSpace(word), "wait=")
		if seconds, err := strconv.Atoi(text); ok && err == nil && seconds > 0 {
			return time.Duration(min(seconds, int(longestWait/time.Second))) * time.Second
		}
	}
	return 0
}
