package ruleset

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/internal/answers"
	"github.com/basic-eldercare/eldercare/policy/internal/layer"
	"github.com/basic-eldercare/eldercare/policy/internal/memo"
	"github.com/basic-eldercare/eldercare/policy/internal/rules"
	"github.com/basic-eldercare/eldercare/policy/internal/table"
	"github.com/basic-eldercare/eldercare/policy/source"
)

// Library holds the rules of a catalog. It compiles each jurisdiction at its first use and keeps
// the result. It is safe for concurrent use.
type Library struct {
	files    *source.Files
	catalog  *policy.Catalog
	digester *source.Digester
	set      *rules.Set
	resolver *layer.Resolver
	reducer  *rules.Reducer
	recent   *answers.Recent
	lasting  memo.Memo[place, *Lasting]

	mu       sync.Mutex
	rulesets map[place]*Ruleset

	limits Limits
	overMu sync.Mutex
	other  *Library // the same with other attributes, where it was last compared
}

// place is a jurisdiction on a day.
type place struct {
	jurisdiction string
	on           policy.Date
}

// EvaluationError says that OPA cannot evaluate a rule for one elder.
type EvaluationError = rules.EvaluationError

// Limits bound what rules may use.
type Limits = rules.Limits

// NewLibrary reads and checks the Rego of a catalog. The error is a [policy.Diagnostics] that holds
// all problems found, or that of ctx. The limits bound every evaluation of the rules.
func NewLibrary(ctx context.Context, files *source.Files, catalog *policy.Catalog, limits Limits) (*Library, error) {
	var wrong policy.Diagnostics
	set, err := rules.Load(ctx, files, catalog, limits)
	if err != nil && !errors.As(err, &wrong) {
		return nil, err
	}
	l := &Library{
		files: files, catalog: catalog, digester: source.NewDigester(files), set: set, resolver: layer.NewResolver(set, catalog),
		reducer: rules.NewReducer(set), recent: answers.NewRecent(), rulesets: map[place]*Ruleset{}, limits: limits,
	}
	var more policy.Diagnostics
	if err := table.Try(ctx, l.reducer, l.resolver, set, catalog); err != nil && !errors.As(err, &more) {
		return nil, err
	}
	return l, append(wrong, more...).Err()
}

// Space returns the space of the elders that the vocabulary describes.
func (l *Library) Space() *elder.Space { return l.set.Space }

// Rules returns what is in force in a jurisdiction on a day. The error is a
// [*policy.UnknownJurisdictionError] or a [*policy.NotInForceError], or [policy.Diagnostics] when
// rules cannot be evaluated with the parameters of that day.
func (l *Library) Rules(ctx context.Context, jurisdiction string, on policy.Date) (*Ruleset, error) {
	key := place{jurisdiction, on}
	l.mu.Lock()
	known := l.rulesets[key]
	l.mu.Unlock()
	if known != nil {
		return known, nil
	}
	list, err := l.catalog.InForce(jurisdiction, on)
	if err != nil {
		return nil, err
	}
	chain := l.catalog.Chain(list, on)
	lasting, err := l.compile(ctx, chain, on)
	if err != nil {
		return nil, err
	}
	digest, err := l.digester.Digest(chain)
	if err != nil {
		return nil, err
	}
	return l.keep(key, lasting.at(on, digest, l)), nil
}

// maxRulesets is the greatest number of rulesets kept. A caller that keeps asking for new days must
// not fill the memory.
const maxRulesets = 4096

// keep keeps a ruleset, and returns the one that is kept for its place.
func (l *Library) keep(key place, r *Ruleset) *Ruleset {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known := l.rulesets[key]; known != nil {
		return known
	}
	if len(l.rulesets) >= maxRulesets {
		clear(l.rulesets)
	}
	l.rulesets[key] = r
	return r
}

// compile returns what a chain says on a day. Days share the result when nothing of the chain
// changes between them.
func (l *Library) compile(ctx context.Context, chain []*policy.List, on policy.Date) (*Lasting, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	key := place{chain[0].Jurisdiction.ID, l.catalog.LastChange(chain[0], on)}
	return l.lasting.Get(ctx, key, func(ctx context.Context) (*Lasting, error) {
		t, err := table.Compile(ctx, l.reducer, l.set.Space, l.resolver.Resolve(chain, on))
		if err != nil {
			return nil, err
		}
		return newLasting(l.set, t, l.recent), nil
	})
}

// Digest identifies everything that decisions by a chain of lists depend on.
func (l *Library) Digest(chain []*policy.List) (string, error) { return l.digester.Digest(chain) }

// Layers returns a list and those above it with what they declare on a day, the list's own first.
func (l *Library) Layers(list *policy.List, on policy.Date) []layer.Layer {
	return l.resolver.Resolve(l.catalog.Chain(list, on), on)
}

// Required returns the parameters that the shared rules read. Every list, or one above it, must
// have them.
func (l *Library) Required() []string { return l.set.Required }

// WriteBundle writes the lists and rules as a bundle for stock OPA; see [rules.WriteBundle].
func (l *Library) WriteBundle(w io.Writer, revision string, key []byte) error {
	return rules.WriteBundle(w, l.files, l.catalog, revision, key)
}
