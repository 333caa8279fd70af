package serve

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bundlePath is the path of the bundle for OPA.
const bundlePath = "/bundles/eldercare.tar.gz"

// typeBundle tells OPA that it may poll for long.
const typeBundle = "application/vnd.openpolicyagent.bundles"

// longestWait is how long a client may wait for a new bundle.
const longestWait = 10 * time.Minute

// serveBundle sends the bundle to a client that does not have it. A client that has it, and prefers
// to wait, gets the next one as soon as there is one.
func (s *Server) serveBundle(w http.ResponseWriter, r *http.Request) error {
	wait := preferredWait(r.Header.Values("Prefer"))
	if wait > 0 {
		control, until := http.NewResponseController(w), time.Now().Add(wait+s.Limits.Time)
		_ = control.SetReadDeadline(until) // who cannot wait is answered sooner
		_ = control.SetWriteDeadline(until)
	}
	timeout := time.After(wait)
	e := s.current.Load()
	for isAmong(e.bundleTag, r.Header.Values("If-None-Match")) {
		select {
		case <-e.replaced:
			e = s.current.Load()
			continue
		case <-timeout:
		case <-s.ending:
		case <-r.Context().Done():
		}
		e.bundleHead(w)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	e.bundleHead(w)
	_, err := w.Write(e.bundle)
	return err
}

func (e *edition) bundleHead(w http.ResponseWriter) {
	w.Header().Set("Content-Type", typeBundle)
	w.Header().Set("ETag", e.bundleTag)
	w.Header().Set("Cache-Control", "no-cache")
}

// preferredWait returns how long a client would wait, by a header such as Prefer:
// modes=snapshot;wait=10.
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
