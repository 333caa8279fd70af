package register_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/register/parquet"
)

// heard is what a hearer hears of an elder: what holds today, and what is known five years later.
type heard struct {
	profile, later elder.Profile
	decision       *decide.Decision
}

// listened answers a register, and returns what is heard, by id.
func listened(t *testing.T, rules *eldercare.Ruleset, from register.Format, text string) map[string]heard {
	t.Helper()
	later, err := engine().Rules(t.Context(), "hongtong", must(policy.ParseDate("2031-11-22")))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	all := map[string]heard{}
	var hearers atomic.Int64
	o := lenient
	o.Hear = func() func(register.Answered) error {
		hearers.Add(1)
		return func(a register.Answered) error {
			p, err := a.Encode(later)
			if err != nil && !errors.As(err, new(*elder.Error)) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			all[a.Profile.ID] = heard{*a.Profile, p, a.Decision}
			return nil
		}
	}
	got, err := answeredBy(t, rules, from, strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	if n, want := hearers.Load(), int64(runtime.GOMAXPROCS(0)); n != want {
		t.Fatalf("%d hearers are made for %d goroutines that answer", n, want)
	}
	if len(all) != got.tally.Answered {
		t.Fatalf("%d are answered, and %d heard of", got.tally.Answered, len(all))
	}
	return all
}

// inParquet is a table in Parquet: its cells are words.
func inParquet(t *testing.T, rows [][]string) string {
	t.Helper()
	var columns []register.Column
	for _, name := range rows[0] {
		columns = append(columns, register.Column{Name: name})
	}
	var out bytes.Buffer
	sink := must(parquet.Format{}.Create(t.Context(), &out, columns))
	w := register.NewWriter(sink)
	var err error
	for _, row := range rows[1:] {
		cells := make([]register.Cell, len(row))
		for i, text := range row {
			cells[i].Text = text
		}
		err = errors.Join(err, w.Write(cells))
	}
	if err = errors.Join(err, w.Flush(), sink.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Whoever is answered is heard of as Encode and Decide have them, read at once or at length, by the
// rules of today and by others.
func TestHear(t *testing.T) {
	ours := rules(t, "hongtong")
	later, err := engine().Rules(t.Context(), "hongtong", must(policy.ParseDate("2031-11-22")))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]elder.Elder{
		"a": {"id": "a", "birth_date": "1961-05-04", "assistance_category": "dibao"},
		"b": {"id": "b", "age": 80, "assistance_category": "dibao"},
		"c": {"id": "c", "birth_date": "1940-02-29"},
		"d": {"id": "d", "birth_date": "1946-11"}, // open on both days
		"e": {"id": "e", "birth_date": "1946-11", "age": 80},
		"f": {"id": "f", "birth_date": "1946-03", "id_number": "140602194603010019"},
		"g": {"id": "g", "birth_date": "1946-12", "age": 79}, // another age than then
	}
	for name, in := range map[string]struct {
		register.Format
		text string
	}{
		"words": {parquet.Format{}, inParquet(t, [][]string{
			{"id", "出生日期", "age", "低保", "身份证号"}, {"a", "1961年5月4日", "", "是", ""}, {"b", "", "80", "是", ""}, {"c", "1940-02-29", "", "", ""},
			{"d", "1946.11", "", "", ""}, {"e", "1946年11月", "80", "", ""}, {"f", "1946.3", "", "", "140602194603010019"}, {"g", "194612", "79", "", ""},
		})},
		"table": {register.CSV{}, "id,出生日期,age,低保,身份证号\na,1961年5月4日,,是,\nb,,80,是,\nc,1940-02-29,,,\n" +
			"d,1946.11,,,\ne,1946年11月,80,,\nf,1946.3,,,140602194603010019\ng,194612,79,,\n"},
		"json": {register.NDJSON{}, `{"id":"a","birth_date":"1961-05-04","低保":true}
{"id":"b","age":80,"assistance_category":"dibao","\u4f4e\u4fdd":"是"}
{"编号":"c","出生日期":"1940-02-29","age":null}
{"id":"d","birth_date":"1946-11"}
{"id":"e","出生日期":"1946.11","age":80}
{"id":"f","birth_date":"1946/3","id_number":"140602194603010019"}
{"id":"g","age":79,"birth_date":"1946-12"}`},
	} {
		for _, closed := range []bool{false, true} {
			ours := ours.AssumeKnown(closed)
			got := listened(t, ours, in.Format, in.text)
			if len(got) != len(want) {
				t.Fatalf("%s: %d are heard of", name, len(got))
			}
			for id, person := range want {
				p := must(ours.Encode(person))
				then, _ := later.Encode(person) // who is refused has no profile
				wanted := heard{p, then, must(ours.Decide(t.Context(), &p))}
				if diff := cmp.Diff(wanted, got[id], cmp.AllowUnexported(heard{}, policy.Decimal{}, policy.Date{}), cmpopts.IgnoreUnexported(elder.Profile{})); diff != "" {
					t.Errorf("%s, closed %v, %s (-want +got):\n%s", name, closed, id, diff)
				}
			}
		}
	}
}
