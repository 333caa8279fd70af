package serve_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
)

// turns are two versions of the lists in turn: ours, and ours with a folder over them in which
// Hongtong pays 10 yuan more of the nursing subsidy.
type turns struct {
	engines [2]*eldercare.Engine
	n       atomic.Int64
}

func newTurns(t *testing.T) *turns {
	t.Helper()
	first, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	second, err := eldercare.Load(t.Context(), eldercare.WithClock(now), eldercare.WithDir(amended(t)))
	if err != nil {
		t.Fatal(err)
	}
	return &turns{engines: [2]*eldercare.Engine{first, second}}
}

func (v *turns) load(context.Context) (*eldercare.Engine, error) { return v.engines[v.n.Add(1)%2], nil }

// amended returns a folder with an amendment of Hongtong.
func amended(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeList(t, dir, amendment)
	return dir
}

func writeList(t *testing.T, dir, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "catalogs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "catalogs/hongtong_2025.yaml"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const amendment = `amends: hongtong
document: {title: 虚构的提标通知, number: 虚洪〔2025〕1号, issued: "2025-01-01", basis: official}
parameters:
  nursing_subsidy_monthly: {label: 护理补贴标准, unit: cny_per_month, bound: at_least, values: [{from: "2025-01-01", value: 110}], cite: [第一条]}
`

var digest = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// While the lists are loaded again and again, each request is answered, and by one version alone.
func TestReloadUnderLoad(t *testing.T) {
	v := newTurns(t)
	o := options()
	o.Load, o.Limits.Requests = v.load, 1000
	l := listen(t, o)
	var digests [2]string // by the turn of their lists
	for i, e := range v.engines {
		var err error
		if digests[i], err = e.Digest("hongtong", e.Today()); err != nil {
			t.Fatal(err)
		}
	}
	if digests[0] == digests[1] {
		t.Fatal("both versions are the same")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var answered [2]atomic.Int64
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for ctx.Err() == nil {
				used, err := digestsOf("http://" + l.addr + decisions)
				if err != nil || len(used) != 1 || !slices.Contains(digests[:], used[0]) {
					t.Errorf("%v: by %v", err, used)
					return
				}
				answered[slices.Index(digests[:], used[0])].Add(1)
			}
		})
	}
	for range effort.Of(10, 20, 200) {
		if err := l.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		now := &answered[v.n.Load()%2]
		before := now.Load()
		eventually(t, "the lists of now answer", func() bool { return now.Load() > before })
	}
	cancel()
	clients.Wait()
}

// digestsOf returns the digests in an answer for many.
func digestsOf(url string) ([]string, error) {
	w, err := http.Post(url, "application/json", strings.NewReader(`[`+strings.Repeat(`{"age":80},`, 100)+`{}]`))
	if err != nil {
		return nil, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK {
		return nil, errors.Join(err, errors.New(w.Status))
	}
	var used []string
	all := digest.FindAllString(string(body), -1)
	for _, d := range all {
		if len(used) == 0 || used[0] != d {
			used = append(used, d)
		}
	}
	if len(all) != 101 {
		return used, errors.New("not all are answered")
	}
	return used, nil
}

// A folder that changes is loaded, also behind a link. One that is wrong, or takes something away,
// is not.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	writeList(t, dir, strings.ReplaceAll(amendment, "value: 110", "value: 105"))
	o := options()
	link := filepath.Join(t.TempDir(), "lists")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	o.Check, o.Watched = true, []string{link}
	o.Load = func(ctx context.Context) (*eldercare.Engine, error) {
		return eldercare.Load(ctx, eldercare.WithClock(now), eldercare.WithDir(dir))
	}
	s, log := start(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	served := func() string { return get("/v1/lists/hongtong").of(s).Body.String() }
	await := func(text string) {
		t.Helper()
		eventually(t, text+" is logged", func() bool { return strings.Contains(log.String(), text) })
	}
	first := served()
	writeList(t, dir, amendment) // before anybody watches, and after the lists are loaded
	go s.Watch(ctx, 20*time.Millisecond)
	await(`"reloaded"`)
	second := served()
	if first == second {
		t.Error("the change is not served")
	}
	writeList(t, dir, amendment+"nonsense: true\n")
	await("hongtong_2025.yaml")
	if served() != second {
		t.Error("a wrong folder is served")
	}
	writeList(t, dir, strings.ReplaceAll(amendment, "value: 110", "value: 90"))
	await("hongtong gives less than shanxi: nursing-subsidy")
	if served() != second {
		t.Error("a list that gives less is served")
	}
	if w := get("/metrics").of(s); !strings.Contains(w.Body.String(), "eldercare_last_reload_successful 0") {
		t.Error("metrics do not tell that the last reload failed")
	}
}
