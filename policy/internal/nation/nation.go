// Package nation makes up lists for a whole country, for measurements and tests: provinces modelled
// on the lists that come with the module, cities and counties that overlay them as real ones do,
// and some that fall short in a known way.
//
// What it makes is invented. The codes and numbers of divisions have the form of real ones; names
// and figures do not.
package nation

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"testing/fstest"

	"github.com/basic-eldercare/eldercare/policy/check"
)

// These are the divisions of the country at the end of 2024, as far as they have lists of their
// own.
const (
	Provinces = 31
	Cities    = 333
	Counties  = 2844
)

// Size is the number of lists of each level.
type Size struct {
	Provinces, Cities, Counties int
}

// Full returns the size of the whole country: 3,208 lists.
func Full() Size { return Size{Provinces: Provinces, Cities: Cities, Counties: Counties} }

// Part returns about a share of the country, of n lists: at least one province, with cities and
// counties in proportion.
func Part(n int) Size {
	total := Provinces + Cities + Counties
	s := Size{Provinces: max(1, n*Provinces/total), Cities: max(1, n*Cities/total)}
	s.Counties = n - s.Provinces - s.Cities
	return s
}

// Lists returns the number of lists.
func (s Size) Lists() int { return s.Provinces + s.Cities + s.Counties }

// Undercut is one way in which a list falls short of what residents are owed above it. A check
// finds it on the first day on which it holds, and again when what is owed changes.
type Undercut struct {
	Jurisdiction string
	Service      string
	Kind         check.Kind
	Measure      string // empty for the kinds omitted and narrower
}

// Nation is a set of lists with everything that they need, to be loaded without the embedded ones.
type Nation struct {
	Files fs.FS
	// Undercuts lists all the ways in which a list falls short, by jurisdiction.
	Undercuts []Undercut
}

// Generate makes up a nation. Base holds the lists that come with the module, as the root of the
// repository does. The provinces are modelled on its provinces. The same seed and size give the
// same nation. The error says what base lacks, or that a size does not fit into division codes.
func Generate(base fs.FS, seed uint64, size Size) (*Nation, error) {
	g := &generator{base: base, random: rand.New(rand.NewPCG(seed, 0)), files: fstest.MapFS{}}
	if err := g.shared(); err != nil {
		return nil, err
	}
	var models []*model
	for _, stem := range []string{"shanxi", "henan"} {
		m, err := g.model(stem)
		if err != nil {
			return nil, err
		}
		models = append(models, m)
	}
	divisions, err := divide(size)
	if err != nil {
		return nil, err
	}
	for i, province := range divisions {
		if err := g.province(province, models[i%len(models)]); err != nil {
			return nil, err
		}
	}
	return &Nation{Files: g.files, Undercuts: g.undercuts}, nil
}

type generator struct {
	base      fs.FS
	random    *rand.Rand
	files     fstest.MapFS
	undercuts []Undercut
}

// shared copies the vocabularies and the rules that the lists share.
func (g *generator) shared() error {
	for _, name := range []string{
		"catalogs/attributes.yaml", "catalogs/measures.yaml", "catalogs/services.yaml",
		"rego/elder.rego", "rego/grant.rego",
	} {
		content, err := fs.ReadFile(g.base, name)
		if err != nil {
			return err
		}
		g.files[name] = &fstest.MapFile{Data: content}
	}
	return nil
}

func (g *generator) put(stem, catalog, rego string) {
	g.files[path.Join("catalogs", stem+".yaml")] = &fstest.MapFile{Data: []byte(catalog)}
	if rego != "" {
		g.files[path.Join("rego/lists", stem+".rego")] = &fstest.MapFile{Data: []byte(rego)}
	}
}

// chance returns true in the given number of a hundred cases.
func (g *generator) chance(percent int) bool { return g.random.IntN(100) < percent }

// pick returns one of the given things.
func pick[T any](g *generator, from []T) T { return from[g.random.IntN(len(from))] }

// division is a jurisdiction with those below it.
type division struct {
	id, code, name, level, parent string
	below                         []*division
}

// provinceCodes lists the first two digits of the division codes of the provinces of the mainland.
const provinceCodes = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65"

// municipalities lists the provinces without cities. Their counties lie directly below them.
const municipalities = "11 12 31 50"

// municipalShare is the number of counties that a municipality has for each that a city has.
const municipalShare = 3

// divide gives the cities to the provinces in turn, and the counties to the cities and
// municipalities in turn.
func divide(size Size) ([]*division, error) {
	codes := strings.Fields(provinceCodes)
	if size.Provinces < 1 || size.Provinces > len(codes) {
		return nil, fmt.Errorf("the number of provinces must be 1 to %d, not %d", len(codes), size.Provinces)
	}
	var provinces, withCities, homes []*division
	for i := range size.Provinces {
		// They are spread over the codes. The first is not a municipality, so that a small nation
		// has cities.
		code := codes[(2+i)%len(codes)]
		p := &division{id: "p" + code + "0000", code: code + "0000", name: "示例省" + code, level: "province"}
		provinces = append(provinces, p)
		if strings.Contains(municipalities, code) {
			for range municipalShare {
				homes = append(homes, p)
			}
		} else {
			withCities = append(withCities, p)
		}
	}
	for i := range size.Cities {
		p := withCities[i%len(withCities)]
		c, err := p.add("c", "示例市", "city")
		if err != nil {
			return nil, err
		}
		homes = append(homes, c)
	}
	if len(homes) == 0 {
		homes = provinces
	}
	for i := range size.Counties {
		if _, err := homes[i%len(homes)].add("x", "示例县", "county"); err != nil {
			return nil, err
		}
	}
	return provinces, nil
}

// add puts a division below, with the next code: that of a city in the province, or of a county in
// the city.
func (d *division) add(prefix, name, level string) (*division, error) {
	n := len(d.below) + 1
	if n > 99 {
		return nil, fmt.Errorf("%s has no division code for another %s", d.id, level)
	}
	var code string
	switch {
	case level == "city":
		code = fmt.Sprintf("%s%02d00", d.code[:2], n)
	case d.level == "province":
		code = fmt.Sprintf("%s01%02d", d.code[:2], n)
	default:
		code = fmt.Sprintf("%s%02d", d.code[:4], n)
	}
	below := &division{id: prefix + code, code: code, name: name + code, level: level, parent: d.id}
	d.below = append(d.below, below)
	return below, nil
}
