// Package serve answers over HTTP what an engine answers: for elders, about lists, and as a bundle
// for a fleet of OPAs. docs/serve.md describes it from the outside.
//
// Each request is answered by one [edition]: lists that were loaded together. A reload replaces the
// edition at once, and requests in progress go on with the one that they began with.
package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/basic-eldercare/eldercare"
)

// Limits bound what a request may use. Each must be more than zero.
type Limits struct {
	Body     int64         // bytes of a body; that of a stream may be longer
	Elders   int           // in a request, line by line
	Array    int           // elders in an array, which is held as a whole
	Requests int           // answered at a time; others are asked to come again
	Time     time.Duration // a request, from its first byte to its last
	Pause    time.Duration // between two bytes of a body
}

// DefaultLimits returns limits for a machine with a few gigabytes of memory.
func DefaultLimits() Limits {
	return Limits{Body: 64 << 20, Elders: 1_000_000, Array: 10_000, Requests: 256, Time: time.Minute, Pause: 30 * time.Second}
}

// Options say what a [Server] serves and how.
type Options struct {
	// Load loads the lists, at the start and at each reload.
	Load func(context.Context) (*eldercare.Engine, error)
	// Check serves lists only if none of them takes anything from anybody that the list above gives.
	Check  bool
	Limits Limits
	// Tokens is a file with one bearer token a line. Without a file, nobody has to show one.
	Tokens string
	// Cert and Key are the files for TLS. They are empty without TLS.
	Cert, Key string
	// Bundle also serves the lists as a bundle for OPA. It is signed by the key in the file Sign,
	// if one is named.
	Bundle bool
	Sign   string
	// Upload also takes whole registers, and shows the page for them.
	Upload bool
	// Watched names files and folders, which [Server.Watch] looks at.
	Watched []string
	// Drain is how long requests are still taken once the server is to end, so that a load balancer
	// notices. Grace is how long requests in progress may take after that.
	Drain, Grace time.Duration
	// Trace reports each request to the OpenTelemetry collector that the environment names.
	Trace bool
	// Version is the version of the program. Log is told what happens, without personal data.
	Version string
	Log     *slog.Logger
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	Options
	current atomic.Pointer[edition]
	access  atomic.Pointer[access]
	reload  sync.Mutex // one at a time
	first   sight      // what was there before anything was loaded
	slots   chan struct{}
	uploads chan struct{} // of the slots, those with a register
	ending  chan struct{} // closed once the server is to end
	metrics *metrics
	tracer  tracer
	handler http.Handler
}

// New loads the lists and returns a server that is ready to answer.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	l := o.Limits
	if l.Body <= 0 || l.Elders <= 0 || l.Array <= 0 || l.Requests <= 0 || l.Time <= 0 || l.Pause <= 0 {
		return nil, errors.New("each limit of a server must be more than zero")
	}
	s := &Server{Options: o, slots: make(chan struct{}, l.Requests), ending: make(chan struct{}), metrics: newMetrics()}
	s.uploads = make(chan struct{}, maxUploads)
	s.handler, s.first = s.routes(), look(o.Watched)
	err := s.loadAccess()
	if err == nil {
		err = s.load(ctx)
	}
	if err != nil {
		return nil, err
	}
	if s.tracer, err = newTracer(ctx, o.Trace, o.Version, o.Log); err != nil {
		return nil, err
	}
	go func() { _ = s.current.Load().prepare(ctx) }() // who asks is told what is wrong
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers what comes through a listener until ctx ends. It then finishes the requests in
// progress. For a while it still takes new ones, and closes each connection after its answer.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.Cert != "" {
		l = tls.NewListener(l, &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.access.Load().certificate, nil },
		})
	}
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: s.Limits.Time, WriteTimeout: s.Limits.Time + patience,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(connectionLog{s.Log}, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return s.end(server)
}

// end shuts down a server that is answering requests.
func (s *Server) end(server *http.Server) error {
	s.Log.Info("ending")
	close(s.ending)
	time.Sleep(s.Drain)
	ctx, cancel := context.WithTimeout(context.Background(), s.Grace)
	defer cancel()
	err := server.Shutdown(ctx)
	if lost := s.tracer.end(ctx); lost != nil {
		s.Log.Warn("the last traces are lost")
	}
	if err != nil {
		s.Log.Error("requests were still under way and are cut off")
		return errors.Join(err, server.Close())
	}
	s.Log.Info("ended")
	return nil
}

// isEnding reports whether the server is to end.
func (s *Server) isEnding() bool {
	select {
	case <-s.ending:
		return true
	default:
		return false
	}
}

// connectionLog logs that something is wrong with a connection. It leaves out the text of
// [http.Server], which may repeat what came in, and the address.
type connectionLog struct{ to *slog.Logger }

// Write leaves out what it is given.
func (l connectionLog) Write(text []byte) (int, error) {
	l.to.Debug("a connection failed")
	return len(text), nil
}
