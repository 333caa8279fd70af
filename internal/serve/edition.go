package serve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// edition holds what answers are made from: lists that were loaded together.
type edition struct {
	*eldercare.Engine
	words     *reading.Reader
	revision  string // the digest of all lists
	bundle    []byte // nil when it is not served
	bundleTag string // its ETag
	replaced  chan struct{}
	openapi   func() ([]byte, error)
	pages     paged
}

// access decides which clients may enter: it holds the tokens, which are nil when nobody needs one,
// and the certificate.
type access struct {
	tokens      tokens
	certificate *tls.Certificate
}

// load reads the lists, and replaces the earlier ones. If they have an error, the earlier ones
// stay.
func (s *Server) load(ctx context.Context) error {
	next, err := s.loadEdition(ctx)
	if err != nil {
		return err
	}
	if s.Check || s.current.Load() != nil { // lists that are checked already need not wait at the start
		if err := next.prepare(ctx); err != nil {
			return err
		}
	}
	before := s.current.Swap(next)
	if before != nil {
		close(before.replaced)
	}
	s.metrics.loaded(next.revision)
	return nil
}

// Reload loads again what may have changed. It takes the tokens and the certificate first, so that
// a token that was withdrawn stops working even while a list is wrong. An error says why the
// earlier lists stay.
func (s *Server) Reload(ctx context.Context) error {
	s.reload.Lock()
	defer s.reload.Unlock()
	shut := s.loadAccess()
	if shut != nil {
		s.logProblems("the tokens and the certificate are not reloaded; those before stay", shut)
	}
	err := s.load(ctx)
	if err != nil {
		s.logProblems("the lists are not reloaded; those before stay", err)
	}
	err = errors.Join(shut, err)
	s.metrics.reloaded(err == nil)
	if err == nil {
		s.Log.Info("reloaded", "revision", s.current.Load().revision)
	}
	return err
}

// logProblems logs an error, and each problem of the lists with its place.
func (s *Server) logProblems(message string, err error) {
	var problems eldercare.Diagnostics
	if !errors.As(err, &problems) {
		s.Log.Error(message, "why", policy.Printable(err.Error()))
		return
	}
	for _, p := range problems {
		s.Log.Error(message, "why", policy.Printable(p.String()))
	}
}

// loadAccess reads the tokens and the certificate, and lets in by them from now on.
func (s *Server) loadAccess() (err error) {
	a := &access{}
	if s.Tokens != "" {
		if a.tokens, err = readTokens(s.Tokens); err != nil {
			return err
		}
	}
	if s.Cert != "" {
		pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return fmt.Errorf("the certificate: %w", err)
		}
		a.certificate = &pair
	}
	s.access.Store(a)
	return nil
}

// loadEdition loads the lists.
func (s *Server) loadEdition(ctx context.Context) (*edition, error) {
	engine, err := s.Load(ctx)
	if err != nil {
		return nil, err
	}
	if s.Check {
		if err := checked(ctx, engine); err != nil {
			return nil, err
		}
	}
	for _, r := range engine.Replaced() {
		s.Log.Warn(r.String())
	}
	for _, w := range engine.Warnings() {
		s.Log.Warn(w.String())
	}
	e := &edition{Engine: engine, words: wordsOf(engine), replaced: make(chan struct{})}
	e.openapi = sync.OnceValues(func() ([]byte, error) { return describe(s.apiRoutes(), s.Version, engine.Catalog().Vocabulary) })
	if e.revision, err = engine.Revision(); err != nil {
		return nil, err
	}
	if s.Bundle {
		err = s.makeBundle(e)
	}
	return e, err
}

// prepare compiles what is in force today, so that no request has to wait for that.
func (e *edition) prepare(ctx context.Context) error {
	for _, j := range e.Jurisdictions() {
		if _, err := e.Rules(ctx, j.ID, e.Today()); err != nil && !errors.As(err, new(*eldercare.NotInForceError)) {
			return err
		}
	}
	return nil
}

// wordsOf reads elders in the words of the vocabulary, and the names of the loaded jurisdictions.
func wordsOf(engine *eldercare.Engine) *reading.Reader {
	return reading.New(engine.Catalog().Vocabulary, engine.Jurisdictions()...)
}

// checked returns an error if lists take something away from what the list above gives.
func checked(ctx context.Context, engine *eldercare.Engine) error {
	reports, err := engine.CheckAll(ctx)
	if err != nil {
		return err
	}
	var wrong eldercare.Diagnostics
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Severity != policy.SeverityError {
				continue
			}
			wrong = append(wrong, policy.Diagnostic{
				Code: string(f.Kind), Severity: f.Severity,
				Summary: fmt.Sprintf("%s gives less than %s: %s (%s)", r.Jurisdiction, r.Against, f.Service, f.Child),
				Remedy:  fmt.Sprintf("eldercare check -j %s tells to whom", r.Jurisdiction),
			})
		}
	}
	return wrong.Err()
}

// makeBundle makes the bundle with its ETag. Two servers with the same lists, program and key have
// the same tag, though no two signatures are the same.
func (s *Server) makeBundle(e *edition) error {
	var out bytes.Buffer
	e.bundleTag = `"` + e.revision + "/" + s.Version + `"`
	if s.Sign == "" {
		err := e.WriteBundle(&out)
		e.bundle = out.Bytes()
		return err
	}
	key, err := os.ReadFile(s.Sign)
	if err != nil {
		return err
	}
	e.bundleTag = fmt.Sprintf(`"%s/%s/%x"`, e.revision, s.Version, sha256.Sum256(key))
	err = e.WriteSignedBundle(&out, key)
	e.bundle = out.Bytes()
	return err
}
