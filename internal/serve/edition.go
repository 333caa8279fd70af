package serve

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
)

// edition is what is answered from: lists that were loaded together.
type edition struct {
	*eldercare.Engine
	words    *reading.Reader
	revision string // the digest of all lists
	bundle   []byte // nil when it is not served
	replaced chan struct{}
	openapi  func() ([]byte, error)
}

// access is what lets clients in: tokens, nil when nobody needs one, and the certificate.
type access struct {
	tokens      tokens
	certificate *tls.Certificate
}

// load reads the tokens, the certificate and the lists, and puts them in the place of those before.
// When something is wrong with one of them, all stay.
func (s *Server) load(ctx context.Context) error {
	allowed, err := s.loadAccess()
	if err != nil {
		return err
	}
	next, err := s.loadEdition(ctx)
	if err != nil {
		return err
	}
	s.access.Store(allowed)
	before := s.current.Swap(next)
	if before != nil {
		close(before.replaced)
	}
	s.metrics.loaded(next.revision)
	return nil
}

// Reload loads again what may have changed. An error says why what was there before stays.
func (s *Server) Reload(ctx context.Context) error {
	s.reload.Lock()
	defer s.reload.Unlock()
	err := s.load(ctx)
	s.metrics.reloaded(err == nil)
	if err != nil {
		s.logProblems("the lists are not reloaded; those before stay", err)
		return err
	}
	s.Log.Info("reloaded", "revision", s.current.Load().revision)
	return nil
}

// logProblems logs an error, and each problem of lists with its place.
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

func (s *Server) loadAccess() (a *access, err error) {
	a = &access{}
	if s.Tokens != "" {
		if a.tokens, err = readTokens(s.Tokens); err != nil {
			return nil, err
		}
	}
	if s.Cert != "" {
		pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fmt.Errorf("the certificate: %w", err)
		}
		a.certificate = &pair
	}
	return a, nil
}

// loadEdition loads the lists, and compiles what is in force today, so that no request has to wait.
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
	for _, j := range engine.Jurisdictions() {
		if _, err := engine.Rules(ctx, j.ID, engine.Today()); err != nil && !errors.As(err, new(*eldercare.NotInForceError)) {
			return nil, err
		}
	}
	e := &edition{Engine: engine, words: wordsOf(engine), replaced: make(chan struct{})}
	e.openapi = sync.OnceValues(func() ([]byte, error) { return describe(s.Version, engine.Catalog().Vocabulary) })
	if e.revision, err = engine.Revision(); err != nil {
		return nil, err
	}
	if s.Bundle {
		e.bundle, err = s.makeBundle(engine)
	}
	return e, err
}

// wordsOf reads elders in the words of the vocabulary, and the names of the loaded jurisdictions.
func wordsOf(engine *eldercare.Engine) *reading.Reader {
	return reading.New(engine.Catalog().Vocabulary, engine.Jurisdictions()...)
}

// checked returns an error that tells what lists take away.
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

func (s *Server) makeBundle(engine *eldercare.Engine) ([]byte, error) {
	var out bytes.Buffer
	if s.Sign == "" {
		err := engine.WriteBundle(&out)
		return out.Bytes(), err
	}
	key, err := os.ReadFile(s.Sign)
	if err != nil {
		return nil, err
	}
	err = engine.WriteSignedBundle(&out, key)
	return out.Bytes(), err
}
