package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy/check"
	"github.com/basic-eldercare/eldercare/policy/decide"
)

// route is an address with what answers it.
type route struct {
	method, path string
	about        string
	takes, needs []string // parameters
	answer       func(http.ResponseWriter, *request) error
	// reads says that elders are in the body, lines that they may come line by line, and register that
	// they come as a table. gives has the type of the answer in JSON. forms are those that it has
	// instead.
	reads, lines, register bool

	gives any
	forms []form
}

// apiRoutes are the addresses that answer from lists. Their description is made from this table.
var apiRoutes = []route{
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/decisions", about: "What elders are owed",
		takes: []string{"on", "assume_known"}, answer: decisions, reads: true, lines: true, gives: decide.Decision{},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/explanations", about: "Why elders have services, or do not have them",
		takes: []string{"on", "assume_known", "service"}, answer: explanations, reads: true, lines: true, gives: Explanations{},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/questions", about: "What to ask next of elders, the best first",
		takes: []string{"on"}, answer: questions, reads: true, lines: true, gives: Questions{},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/timelines", about: "What elders are owed month by month",
		takes: []string{"from", "to", "assume_known"}, needs: []string{"from", "to"}, answer: timelines, reads: true, lines: true,
		gives: eldercare.Timeline{},
	},
	{
		method: http.MethodPost, path: "/v1/{jurisdiction}/notices", about: "Notices to elders, all in one document",
		takes: []string{"on", "assume_known", "lang", "format"}, answer: notices, reads: true, forms: []form{formHTML, formMarkdown},
	},
	{
		method: http.MethodGet, path: "/v1/jurisdictions", about: "Who has a list",
		takes: []string{"on"}, answer: jurisdictions, gives: []eldercare.Listing{},
	},
	{
		method: http.MethodGet, path: "/v1/lists/{jurisdiction}", about: "The list of a jurisdiction",
		takes: []string{"on", "effective"}, answer: list, gives: List{},
	},
	{
		method: http.MethodGet, path: "/v1/checks/{jurisdiction}", about: "What a list takes from what the one above gives",
		takes: []string{"on", "against"}, answer: checks, gives: check.Report{},
	},
	{
		method: http.MethodGet, path: "/v1/diffs", about: "In what two lists differ, and for whom",
		takes: []string{"a", "b", "on", "b_on", "lang", "format"}, needs: []string{"a", "b"}, answer: diffs, gives: eldercare.Diff{},
		forms: []form{formHTML, formMarkdown},
	},
	{
		method: http.MethodGet, path: "/v1/schemas/{kind}", about: "The JSON Schema of an elder, a list, an amendment or cases",
		answer: schemas, gives: map[string]any{},
	},
}

// apiRoutes returns the addresses that this server answers from lists.
func (s *Server) apiRoutes() []route {
	if s.Upload {
		return slices.Concat(apiRoutes, uploadRoutes)
	}
	return apiRoutes
}

// routes returns the handler of all addresses.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.apiRoutes() {
		s.handle(mux, r.method, r.path, s.limited(r))
	}
	s.handle(mux, http.MethodGet, "/v1/openapi.json", s.limited(route{answer: description}))
	s.handle(mux, http.MethodGet, "/openapi.json", s.limited(route{answer: description}))
	if s.Bundle {
		s.handle(mux, http.MethodGet, bundlePath, s.guarded(s.serveBundle))
	}
	s.handle(mux, http.MethodGet, "/metrics", s.guarded(s.metrics.serve))
	s.handle(mux, http.MethodGet, "/healthz", func(w http.ResponseWriter, _ *http.Request) error {
		return sendJSON(w, map[string]string{"status": "ok"})
	})
	s.handle(mux, http.MethodGet, "/readyz", s.ready)
	pages := func(w http.ResponseWriter, r *http.Request) error {
		if shown, err := s.page(w, r); shown || err != nil {
			return err
		}
		return astray(mux, w, r)
	}
	s.handle(mux, http.MethodGet, "/{$}", pages)
	mux.Handle("/", s.watched("other", pages))
	unclean := s.watched("other", func(http.ResponseWriter, *http.Request) error {
		return refuse("not-found", "the address has empty or dotted parts; GET /openapi.json describes the addresses")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isClean(r.URL.EscapedPath()) {
			mux.ServeHTTP(w, r)
			return
		}
		unclean.ServeHTTP(w, r) // the mux would send the client elsewhere, unwatched
	})
}

// isClean reports whether an address has no part that is empty or only dots.
func isClean(address string) bool {
	clean := path.Clean(address)
	return address == clean || clean != "/" && address == clean+"/"
}

// astray tells a client that reached no address why.
func astray(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) error {
	for method, allowed := range map[string]string{http.MethodGet: "GET, HEAD", http.MethodPost: "POST"} {
		if _, pattern := mux.Handler(&http.Request{Method: method, URL: r.URL, Host: r.Host}); pattern != "/" {
			w.Header().Set("Allow", allowed)
			return refuse("wrong-method", "use %s", method)
		}
	}
	return refuse("not-found", "GET /openapi.json describes the addresses")
}

// answering answers a request, or says why it does not.
type answering func(http.ResponseWriter, *http.Request) error

// handle adds an address, which takes one method.
func (s *Server) handle(mux *http.ServeMux, method, path string, answer answering) {
	mux.Handle(method+" "+path, s.watched(path, answer))
}

// ready says whether to send requests here.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) error {
	state := map[string]string{"status": "ready", "revision": s.current.Load().revision}
	w.Header().Set("Cache-Control", "no-store")
	if s.isEnding() {
		state["status"] = "ending"
		w.Header().Set("Content-Type", typeJSON)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	return sendJSON(w, state)
}

// guarded lets in only clients with a token.
func (s *Server) guarded(answer answering) answering {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !s.access.Load().tokens.admit(r) {
			return refuse("unauthorized", "send it in the header Authorization: Bearer …")
		}
		return answer(w, r)
	}
}

// limited answers within the limits, from the current edition.
func (s *Server) limited(of route) answering {
	return s.guarded(func(w http.ResponseWriter, r *http.Request) error {
		asked, err := ask(r.URL.RawQuery, of.takes, of.needs)
		if err != nil {
			return err
		}
		ctx := r.Context()
		if of.register && sameOrigin.Check(r) != nil {
			return refuse("cross-origin", "send it from the page of this server, or from a program")
		}
		if of.reads {
			if err := s.Limits.await(w, r); err != nil {
				return err
			}
			// A client that only stops sending still waits for the answer, but net/http takes that for the
			// end of all. A register that nobody waits for any more must not keep one of the few places.
			if !of.register {
				ctx = context.WithoutCancel(ctx)
			}
		}
		leave, err := s.enter(of)
		if err != nil {
			return err
		}
		defer leave()
		ctx, cancel := context.WithTimeout(ctx, s.Limits.Time)
		defer cancel()
		q := &request{Request: r.WithContext(ctx), edition: s.current.Load(), asked: asked, limits: s.Limits, version: s.Version}
		err = of.answer(w, q)
		s.metrics.elders(of.path, q.answered, q.refused)
		return err
	})
}

// enter takes a place, and returns what gives it back.
func (s *Server) enter(of route) (leave func(), err error) {
	var taken []chan struct{}
	leave = func() {
		for _, places := range taken {
			<-places
		}
	}
	wanted := []chan struct{}{s.slots}
	if of.register {
		wanted = append(wanted, s.uploads)
	}
	for _, places := range wanted {
		select {
		case places <- struct{}{}:
			taken = append(taken, places)
		default:
			leave()
			return nil, refuse("busy", "%d requests of this kind are under way", cap(places))
		}
	}
	return leave, nil
}

// watched answers, and records how in logs and metrics: the address, but nothing of what the
// request contains.
func (s *Server) watched(path string, answer answering) http.Handler {
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		w := &answered{ResponseWriter: to}
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Cache-Control", "no-store")
		}
		if s.isEnding() {
			h.Set("Connection", "close")
		}
		s.metrics.underWay.Inc()
		r, span := s.tracer.begin(r, path, s.access.Load().tokens.admit(r))
		err := s.try(w, r, answer)
		s.metrics.underWay.Dec()
		begun := err != nil && w.status != 0
		cut := begun && !errors.As(err, new(*toldError))
		switch {
		case err == nil || begun:
		case codeOf(err) == "not-found" && isForPeople(r):
			writeLost(w)
		default:
			writeProblem(w, err)
		}
		if codeOf(err) == "internal" {
			s.Log.Error("internal error", "types", typesOf(err))
		}
		endSpan(span, w.status, codeOf(err))
		took := time.Since(begin)
		s.metrics.request(path, w.status, took)
		s.Log.Info("request", "method", methodName(r.Method), "path", path, "status", w.status, "bytes", w.bytes,
			"milliseconds", float64(took.Microseconds())/1000, "cut", cut, "code", codeOf(err))
		if cut { // the client must notice that this is not all
			panic(http.ErrAbortHandler)
		}
	})
}

// methodName returns the method, unless it is a word of the client's own.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return refusalOf(err).code
}

// try answers. A panic becomes an error without its message, which could repeat an elder's data.
func (s *Server) try(w http.ResponseWriter, r *http.Request, answer answering) (err error) {
	defer func() {
		if what := recover(); what != nil {
			s.Log.Error("internal error", "types", fmt.Sprintf("%T", what), "stack", string(debug.Stack()))
			err = errors.New("internal error")
		}
	}()
	return answer(w, r)
}

// answered records what is written.
type answered struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader notices the status.
func (a *answered) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write notices how much is written.
func (a *answered) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, notRead(err)
}

// FlushError sends what is written.
func (a *answered) FlushError() error {
	return notRead(http.NewResponseController(a.ResponseWriter).Flush())
}

// notRead says why an answer cannot be written: the client is at fault.
func notRead(err error) error {
	switch {
	case err == nil, errors.Is(err, http.ErrNotSupported):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{code: "not-read"}
	}
	return &refusal{code: "client-gone"}
}

// Unwrap lets [http.ResponseController] find what is below.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Addresses returns all addresses that answer from lists, with their methods.
func Addresses() []string {
	routes := slices.Concat(apiRoutes, uploadRoutes)
	all := make([]string, len(routes))
	for i, r := range routes {
		all[i] = r.method + " " + r.path
	}
	return all
}
