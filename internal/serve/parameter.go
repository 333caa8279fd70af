package serve

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
)

// asked holds what the parameters of an address ask for.
type asked struct {
	on, bOn     eldercare.Date // zero when no day is named
	from, to    eldercare.Month
	assumeKnown bool
	effective   bool
	services    []string
	lang        string
	format      string // empty when the headers say which
	a, b        string
	against     string
	by, keep    []int // numbers of columns
	columns     map[int]string
}

// parameter is a parameter that addresses may have.
type parameter struct {
	about  string
	schema map[string]any
	many   bool
	set    func(*asked, string) error
}

// parameters holds all parameters, by name.
var parameters = map[string]parameter{
	"on": {
		about: "the day to answer for, today in China unless it is given", schema: dayForm,
		set: day(func(a *asked) *eldercare.Date { return &a.on }),
	},
	"b_on": {
		about: "the day on which b is looked at, where it is not that of a", schema: dayForm,
		set: day(func(a *asked) *eldercare.Date { return &a.bOn }),
	},
	"from": {
		about: "the first month", schema: monthForm,
		set: month(func(a *asked) *eldercare.Month { return &a.from }),
	},
	"to": {
		about: "the last month", schema: monthForm,
		set: month(func(a *asked) *eldercare.Month { return &a.to }),
	},
	"assume_known": {
		about: "takes what is not said of an elder as absent, instead of unknown", schema: yesNo,
		set: flag(func(a *asked) *bool { return &a.assumeKnown }),
	},
	"effective": {
		about: "what residents are owed by this list and those above it", schema: yesNo,
		set: flag(func(a *asked) *bool { return &a.effective }),
	},
	"service": {
		about: "the id of a service; all services unless some are given", schema: textForm, many: true,
		set: func(a *asked, v string) error {
			if !slices.Contains(a.services, v) {
				a.services = append(a.services, v)
			}
			return nil
		},
	},
	"lang": {
		about: "the language of what is for people", schema: oneOf("zh", "en"),
		set: text(func(a *asked) *string { return &a.lang }, "zh", "en"),
	},
	"format": {
		about: "the form of the answer, which goes before the header Accept", schema: textForm, // each address says which it has
		set: text(func(a *asked) *string { return &a.format }),
	},
	"a": {about: "the id of a jurisdiction", schema: textForm, set: text(func(a *asked) *string { return &a.a })},
	"b": {
		about: "the id of the jurisdiction that is compared with a", schema: textForm,
		set: text(func(a *asked) *string { return &a.b }),
	},
	"by": {
		about: "the number of a column by which a summary counts, too", schema: columnForm, many: true,
		set: column(func(a *asked) *[]int { return &a.by }),
	},
	"keep": {
		about: "the number of a column to copy into the answers", schema: columnForm, many: true,
		set: column(func(a *asked) *[]int { return &a.keep }),
	},
	"map": {
		about: "what a column is, as NUMBER=ATTRIBUTE; NUMBER= leaves it out", schema: mapForm, many: true, set: mapColumn,
	},
	"against": {
		about: "the id of the jurisdiction to check against, instead of the one above", schema: textForm,
		set: text(func(a *asked) *string { return &a.against }),
	},
}

// These are the forms of parameters, as JSON Schema.
var (
	dayForm   = map[string]any{"type": "string", "format": "date"}
	monthForm = map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}$`}
	yesNo     = map[string]any{"type": "boolean"}
	textForm  = map[string]any{"type": "string", "minLength": 1}

	columnForm = map[string]any{"type": "integer", "minimum": 1}
	mapForm    = map[string]any{"type": "string", "pattern": `^[1-9]\d*=`}
)

func oneOf(values ...string) map[string]any { return map[string]any{"type": "string", "enum": values} }

func day(of func(*asked) *eldercare.Date) func(*asked, string) error {
	return func(a *asked, v string) (err error) {
		if *of(a), err = policy.ParseDate(v); err != nil {
			return errors.New("must be a day that exists, as YYYY-MM-DD")
		}
		return nil
	}
}

func month(of func(*asked) *eldercare.Month) func(*asked, string) error {
	return func(a *asked, v string) error {
		if of(a).UnmarshalText([]byte(v)) != nil {
			return errors.New("must be a month, as YYYY-MM")
		}
		return nil
	}
}

func flag(of func(*asked) *bool) func(*asked, string) error {
	return func(a *asked, v string) error {
		if v != "true" && v != "false" {
			return errors.New("must be true or false")
		}
		*of(a) = v == "true"
		return nil
	}
}

func text(of func(*asked) *string, allowed ...string) func(*asked, string) error {
	return func(a *asked, v string) error {
		switch {
		case v == "":
			return errors.New("must not be empty")
		case len(allowed) > 0 && !slices.Contains(allowed, v):
			return fmt.Errorf("must be %s", strings.Join(allowed, " or "))
		}
		*of(a) = v
		return nil
	}
}

// column takes the number of a column. A header in an address could be an elder's, where a register
// has none.
func column(of func(*asked) *[]int) func(*asked, string) error {
	return func(a *asked, v string) error {
		n, err := columnNumber(v)
		if err == nil && !slices.Contains(*of(a), n) {
			*of(a) = append(*of(a), n)
		}
		return err
	}
}

func columnNumber(v string) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, errors.New("must be the number of a column, from 1")
	}
	return n, nil
}

// mapColumn takes what a column is said to be.
func mapColumn(a *asked, v string) error {
	number, attribute, ok := strings.Cut(v, "=")
	n, err := columnNumber(number)
	switch _, again := a.columns[n]; {
	case err != nil || !ok:
		return errors.New("must be NUMBER=ATTRIBUTE, or NUMBER= for a column to leave out")
	case again:
		return errors.New("names a column twice")
	}
	if a.columns == nil {
		a.columns = map[int]string{}
	}
	a.columns[n] = attribute
	return nil
}

// ask reads the parameters of an address. It refuses any that the address does not take, because a
// slip in a name must not change an answer.
func ask(query string, takes, needs []string) (a asked, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, refuse("wrong-parameter", "what stands after the ? is not well-formed")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(takes, name) {
			return a, unknownParameter(name, takes)
		}
		p, given := parameters[name], values[name]
		if len(given) > 1 && !p.many {
			return a, refuse("wrong-parameter", "%s is given more than once", name)
		}
		for _, v := range given {
			if err := p.set(&a, v); err != nil {
				return a, refuse("wrong-parameter", "%s %s", name, err)
			}
		}
	}
	for _, name := range needs {
		if !values.Has(name) {
			return a, refuse("wrong-parameter", "%s is missing", name)
		}
	}
	return a, nil
}

// unknownParameter returns the error for an unknown parameter. It does not repeat the name, which
// may be anything.
func unknownParameter(name string, takes []string) error {
	if near := policy.Nearest(name, takes); near != "" {
		return refuse("wrong-parameter", "the address does not take a parameter that is given; did you mean %s?", near)
	}
	if len(takes) == 0 {
		return refuse("wrong-parameter", "the address takes no parameters")
	}
	return refuse("wrong-parameter", "the address does not take a parameter that is given; it takes %s", strings.Join(takes, ", "))
}
