package serve_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/serve"
	"github.com/basic-eldercare/eldercare/policy"
)

// Lists, checks and comparisons are those of the engine.
func TestLists(t *testing.T) {
	s, _ := start(t, options())
	engine, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	on := engine.Today()
	rules, err := engine.Rules(t.Context(), "huojia", on)
	if err != nil {
		t.Fatal(err)
	}
	checked, err := engine.Check(t.Context(), "hongtong")
	if err != nil {
		t.Fatal(err)
	}
	against, err := engine.Check(t.Context(), "hongtong", eldercare.Against("shuozhou"), eldercare.On(on))
	if err != nil {
		t.Fatal(err)
	}
	compared, err := engine.Diff(t.Context(), "shuozhou", "hongtong")
	if err != nil {
		t.Fatal(err)
	}
	list := serve.List{List: policy.NewListing(rules.Table.Layers[0].List, on), On: on, Digest: rules.Digest, Services: rules.DeclaredOffers()}
	effective := list
	effective.Services = rules.EffectiveOffers()
	for path, want := range map[string]any{
		"/v1/jurisdictions": engine.Listings(on),
		"/v1/lists/huojia":  list,
		"/v1/lists/huojia?effective=true&on=" + on.String():         effective,
		"/v1/checks/hongtong":                                       checked,
		"/v1/checks/hongtong?against=shuozhou&on=" + on.String():    against,
		"/v1/diffs?a=shuozhou&b=hongtong":                           compared,
		"/v1/diffs?a=shuozhou&b=hongtong&format=json&on=2026-11-22": compared,
	} {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(want); err != nil {
			t.Fatal(err)
		}
		w := get(path).of(s)
		if diff := cmp.Diff(text.String(), w.Body.String()); diff != "" || w.Code != http.StatusOK {
			t.Errorf("%s: %d (-want +got)\n%s", path, w.Code, diff)
		}
	}
}

// A client that has an answer is told so as long as it is the same.
func TestETags(t *testing.T) {
	v := newTurns(t)
	o := options()
	o.Load = v.load
	s, _ := start(t, o)
	for _, path := range []string{
		"/v1/jurisdictions", "/v1/lists/hongtong", "/v1/checks/hongtong", "/v1/diffs?a=shuozhou&b=hongtong", "/v1/schemas/elder", "/openapi.json",
	} {
		first := get(path).of(s)
		tag := first.Header().Get("ETag")
		again := get(path).with("If-None-Match", `"other", W/`+tag).of(s)
		if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag {
			t.Errorf("%s: %d with %q", path, again.Code, tag)
		}
		if other := get(path).with("If-None-Match", `"other"`).of(s); other.Code != http.StatusOK {
			t.Errorf("%s: %d for another tag", path, other.Code)
		}
		if err := s.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := get(path).with("If-None-Match", tag).of(s); after.Code != http.StatusOK {
			t.Errorf("%s: %d after a reload", path, after.Code)
		}
	}
	day, next := get("/v1/lists/hongtong?on=2026-11-22").of(s), get("/v1/lists/hongtong?on=2026-11-23").of(s)
	if day.Header().Get("ETag") == next.Header().Get("ETag") {
		t.Error("two days have the same tag")
	}
	html, text := get("/v1/diffs?a=shuozhou&b=hongtong&format=html").of(s), get("/v1/diffs?a=shuozhou&b=hongtong").of(s)
	if html.Header().Get("ETag") == text.Header().Get("ETag") || !strings.HasPrefix(html.Header().Get("Content-Type"), "text/html") {
		t.Error("two forms have the same tag")
	}
}

// Who polls for the bundle has it at once, and the next one as soon as it is there.
func TestBundle(t *testing.T) {
	v := newTurns(t)
	o := options()
	o.Load, o.Bundle = v.load, true
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	o.Sign = writePEM(t, "PRIVATE KEY", marshalKey(t, key))
	s, _ := start(t, o)
	const path = "/bundles/eldercare.tar.gz"
	first := get(path).of(s)
	trusted := bundle.KeyConfig{Key: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})), Algorithm: "ES256"}
	b, err := bundle.NewReader(first.Body).WithBundleVerificationConfig(
		bundle.NewVerificationConfig(map[string]*bundle.KeyConfig{"default": &trusted}, "default", "", nil)).Read()
	if err != nil || first.Header().Get("Content-Type") != "application/vnd.openpolicyagent.bundles" {
		t.Fatalf("%v, %v", err, first.Header())
	}
	tag := first.Header().Get("ETag")
	if !strings.Contains(tag, b.Manifest.Revision) {
		t.Errorf("tag %s of revision %s", tag, b.Manifest.Revision)
	}
	has := get(path).with("If-None-Match", tag)
	if w := has.of(s); w.Code != http.StatusNotModified {
		t.Errorf("%d", w.Code)
	}
	begin := time.Now()
	if w := has.with("Prefer", "modes=snapshot,delta;wait=1").of(s); w.Code != http.StatusNotModified || time.Since(begin) < time.Second {
		t.Errorf("%d after %v", w.Code, time.Since(begin))
	}
	next := make(chan *httptest.ResponseRecorder)
	go func() { next <- has.with("Prefer", "modes=snapshot,delta;wait=60").of(s) }()
	select {
	case w := <-next:
		t.Errorf("%d before there is another", w.Code)
	case <-time.After(100 * time.Millisecond):
	}
	for range 2 { // the first is another, the second is what it was
		if err := s.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case w := <-next:
		if w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	case <-time.After(time.Minute):
		t.Error("who waits is not told")
	}
}

// The bundle has the same tag for the same lists and key, and another for another key or none.
func TestBundleTag(t *testing.T) {
	tag := func(sign string) string {
		o := options()
		o.Bundle, o.Sign = true, sign
		s, _ := start(t, o)
		return get("/bundles/eldercare.tar.gz").of(s).Header().Get("ETag")
	}
	var files []string
	for range 2 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, writePEM(t, "PRIVATE KEY", marshalKey(t, key)))
	}
	first, second, unsigned := tag(files[0]), tag(files[1]), tag("")
	if first == second || first == unsigned || second == unsigned {
		t.Errorf("%s, %s and %s are not three tags", first, second, unsigned)
	}
	if again := tag(files[0]); again != first {
		t.Errorf("%s becomes %s", first, again)
	}
}

// Without being asked to, a server has no bundle.
func TestNoBundle(t *testing.T) {
	o := options()
	o.Load = loadOneCounty
	s, _ := start(t, o)
	if w := get("/bundles/eldercare.tar.gz").of(s); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

// The end of the server does not wait for those who poll.
func TestPollsEnd(t *testing.T) {
	o := options()
	o.Bundle = true
	inItsTime(t, o, func(t *testing.T, l *piped) {
		tag := get("/bundles/eldercare.tar.gz").of(l).Header().Get("ETag")
		begin := time.Now()
		c := l.begin(t, "GET /bundles/eldercare.tar.gz HTTP/1.1\r\nHost: x\r\nIf-None-Match: "+tag+"\r\nPrefer: wait=60\r\n\r\n")
		l.end()
		if status, _ := answerFrom(t, c); status != http.StatusNotModified {
			t.Errorf("%d", status)
		}
		if waited := time.Since(begin); waited != 0 {
			t.Errorf("it waits for %v", waited)
		}
	})
}

func marshalKey(t *testing.T, key *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writePEM(t *testing.T, kind string, der []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Only who has a token of the file is answered, but health and the page are for everybody. The file
// is read again with the lists, and taken even when these are wrong.
func TestTokens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("# clerks\nfirst-token-0123456789\n\nsecond-token-0123456789\n")
	o := options()
	o.Tokens, o.Bundle = file, true
	broken := false
	o.Load = func(ctx context.Context) (*eldercare.Engine, error) {
		if broken {
			return nil, errors.New("the lists are wrong")
		}
		return loadOneCounty(ctx)
	}
	s, log := start(t, o)
	code := func(a asking, authorization string) int { return a.with("Authorization", authorization).of(s).Code }
	for _, path := range []string{"/v1/jurisdictions", "/v1/lists/huojia", "/metrics", "/bundles/eldercare.tar.gz", "/openapi.json"} {
		for authorization, want := range map[string]int{
			"": 401, "Bearer": 401, "Bearer first-token-012345678": 401, "Basic first-token-0123456789": 401, "first-token-0123456789": 401,
			"Bearer # clerks": 401, "Bearer first-token-0123456789": 200, "bearer second-token-0123456789": 200,
		} {
			if got := code(get(path), authorization); got != want {
				t.Errorf("%s with %q: %d, want %d", path, authorization, got, want)
			}
		}
	}
	if w := post(decisions, `{}`).of(s); w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/healthz", "/readyz", "/"} {
		if got := code(get(path), ""); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
	write("short\n")
	if err := s.Reload(t.Context()); err == nil || code(get("/v1/jurisdictions"), "Bearer first-token-0123456789") != http.StatusOK {
		t.Errorf("a short token: %v", err)
	}
	write("third-token-0123456789\n")
	if err := s.Reload(t.Context()); err != nil || code(get("/v1/jurisdictions"), "Bearer first-token-0123456789") != 401 {
		t.Errorf("another token: %v", err)
	}
	broken = true
	write("fourth-token-0123456789\n")
	if err := s.Reload(t.Context()); err == nil || code(get("/v1/jurisdictions"), "Bearer third-token-0123456789") != 401 ||
		code(get("/v1/jurisdictions"), "Bearer fourth-token-0123456789") != http.StatusOK {
		t.Errorf("another token while the lists are wrong: %v", err)
	}
	if strings.Contains(log.String(), "token-01") || strings.Contains(log.String(), "short\"") {
		t.Error("a token is logged")
	}
}

// With a certificate the server speaks TLS, and HTTP/2.
func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Cert, o.Key = writePEM(t, "CERTIFICATE", der), writePEM(t, "PRIVATE KEY", marshalKey(t, key))
	l := listen(t, o)
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	w, err := client.Post("https://"+l.addr+decisions, "application/x-ndjson", strings.NewReader("{}\n{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK || w.ProtoMajor != 2 {
		t.Errorf("%d over %s", w.StatusCode, w.Proto)
	}
	o.Key = o.Cert
	if _, err := serve.New(t.Context(), o); err == nil {
		t.Error("a certificate without its key is taken")
	}
}

// What would make a server answer wrongly, or never, is an error at its start.
func TestNew(t *testing.T) {
	for name, change := range map[string]func(*serve.Options){
		"no limit":  func(o *serve.Options) { o.Limits.Elders = 0 },
		"no tokens": func(o *serve.Options) { o.Tokens = "missing" },
		"no key":    func(o *serve.Options) { o.Bundle, o.Sign = true, "missing" },
		"lists that fail": func(o *serve.Options) {
			o.Load = func(context.Context) (*eldercare.Engine, error) { return nil, context.Canceled }
		},
	} {
		o := options()
		change(&o)
		if _, err := serve.New(t.Context(), o); err == nil {
			t.Errorf("%s: it starts", name)
		}
	}
}

// A server that is about to end says so, and its pages tell no other site.
func TestReady(t *testing.T) {
	o := options()
	o.Drain = time.Second
	inItsTime(t, o, func(t *testing.T, l *piped) {
		if w := get("/readyz").of(l); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "sha256:") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		l.end()
		synctest.Wait()
		if w := get("/readyz").of(l); w.Code != http.StatusServiceUnavailable {
			t.Errorf("it says that it is ready: %d", w.Code)
		}
		if w := post(decisions, `{}`).of(l); w.Code != http.StatusOK || w.Header().Get("Connection") != "close" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	})
}
