package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/elder/reading"
	"github.com/basic-eldercare/eldercare/policy/register"
	"github.com/basic-eldercare/eldercare/policy/source"
	"github.com/basic-eldercare/eldercare/policy/synth"
)

// population is a made-up register in a format.
func population(b testing.TB, f register.Format, elders int, distinct bool) []byte {
	b.Helper()
	r := must(synth.For(rules(b, "hongtong"), synth.Options{Elders: elders, Seed: 1, Blank: 0.2, Distinct: distinct}))
	var out bytes.Buffer
	sink := must(f.Create(b.Context(), &out, r.Columns()))
	if _, err := r.Write(b.Context(), sink); err != nil {
		b.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// stockQuery is the decision of OPA as everybody has it, with the Rego files untouched and the
// lists as JSON.
func stockQuery(t testing.TB) rego.PreparedEvalQuery {
	t.Helper()
	options := []func(*rego.Rego){
		rego.Query("data.eldercare.decision"), rego.Store(inmem.NewFromObject(map[string]any{"catalogs": source.Data(engine().Catalog())})),
	}
	files := os.DirFS("../..")
	err := fs.WalkDir(files, "rego", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		options = append(options, rego.Module(name, string(content)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return must(rego.New(options...).PrepareForEval(context.Background()))
}

// stockService is what stock OPA says of a service.
type stockService struct {
	Service  string
	Promises map[string]struct {
		Bound string
		Value *json.Number
	}
	Bundles []map[string]any
}

// stockDecision is what stock OPA says of an elder.
type stockDecision struct {
	Entitled, Discretionary []stockService
	MonthlyCNY              struct {
		Bound string
		Value json.Number
		Open  []string
	} `json:"monthly_cny"`
}

func stockDecisionOf(t testing.TB, decision map[string]any) stockDecision {
	t.Helper()
	var d stockDecision
	if err := json.Unmarshal(must(json.Marshal(decision)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// cells returns what stock OPA says as a register says it, by column.
func (d *stockDecision) cells() map[string]string {
	cells := map[string]string{
		"monthly_cny": d.MonthlyCNY.Value.String(), "monthly_bound": d.MonthlyCNY.Bound, "open": strings.Join(d.MonthlyCNY.Open, ";"),
	}
	for _, e := range d.Discretionary {
		cells[e.Service] = register.Discretionary
	}
	for _, e := range d.Entitled {
		cells[e.Service] = register.Entitled
		for measure, promise := range e.Promises {
			if promise.Value != nil {
				cells[e.Service+"."+measure] = promise.Value.String()
			}
		}
	}
	return cells
}

// What is missing taken for absent, a register says what stock OPA says, services and amounts.
func TestSameAsStockOPA(t *testing.T) {
	elders := effort.Of(20, 60, 1_000)
	text := population(t, register.CSV{}, elders, false)
	got, err := answeredBy(t, rules(t, "hongtong").AssumeKnown(true), register.CSV{}, bytes.NewReader(text), lenient)
	if err != nil {
		t.Fatal(err)
	}
	services, amounts := 0, 0
	plainly(t, stockQuery(t), text, true, func(row int, decision map[string]any) {
		d := stockDecisionOf(t, decision)
		want := d.cells()
		if decision[unsettled] != nil {
			for service, status := range want {
				if at := slices.Index(got.header, service); status == register.Entitled && got.out[row][at] != status {
					t.Errorf("row %d: stock OPA grants %s, and the register does not", row+1, service)
				}
			}
			return
		}
		for i, name := range got.header[2:] {
			if has := got.out[row][2+i]; has != want[name] {
				t.Errorf("row %d: %s is %q, and stock OPA says %q", row+1, name, has, want[name])
			} else if has == register.Entitled {
				services++
			} else if strings.Contains(name, ".") && has != "" {
				amounts++
			}
			delete(want, name)
		}
		if len(want) > 0 {
			t.Errorf("row %d: there are no columns for %v", row+1, want)
		}
	})
	if services < elders || amounts < elders {
		t.Errorf("%d services with %d amounts for %d elders: the test is of no use", services, amounts, elders)
	}
}

// rows returns what stock OPA says as a long register says it: service, status, measure, bound and
// value.
func (d *stockDecision) rows() []string {
	var all []string
	had := map[string]bool{}
	for _, granted := range []struct {
		status   string
		services []stockService
	}{{register.Entitled, d.Entitled}, {register.Discretionary, d.Discretionary}} {
		for _, e := range granted.services {
			if had[e.Service] {
				continue
			}
			had[e.Service] = true
			head, n := e.Service+" "+granted.status+" ", len(all)
			for measure, p := range e.Promises {
				value := ""
				if p.Value != nil {
					value = p.Value.String()
				}
				all = append(all, head+measure+" "+p.Bound+" "+value)
			}
			for _, measure := range measuresOf(e.Bundles) {
				if _, alone := e.Promises[measure]; !alone {
					all = append(all, head+measure+"  ")
				}
			}
			if len(all) == n {
				all = append(all, head+"  ")
			}
		}
	}
	slices.Sort(all)
	return all
}

// measuresOf returns the measures of bundles, each once.
func measuresOf(bundles []map[string]any) []string {
	all := map[string]bool{}
	for _, b := range bundles {
		for measure := range b {
			all[measure] = true
		}
	}
	return slices.Collect(maps.Keys(all))
}

// The same in the long form, row by row.
func TestLongSameAsStockOPA(t *testing.T) {
	elders := effort.Of(20, 60, 1_000)
	text := population(t, register.CSV{}, elders, false)
	o := lenient
	o.Long = true
	got, err := answeredBy(t, rules(t, "hongtong").AssumeKnown(true), register.CSV{}, bytes.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	has, amounts := map[int][]string{}, 0
	for _, cells := range got.out { // row,id,service,name,status,measure,bound,value,up_to
		row := must(strconv.Atoi(cells[0]))
		has[row] = append(has[row], strings.Join([]string{cells[2], cells[4], cells[5], cells[6], cells[7]}, " "))
		if cells[7] != "" {
			amounts++
		}
		if cells[8] != "" {
			t.Errorf("row %d: %s is up to something, though all is known", row, cells[2])
		}
	}
	plainly(t, stockQuery(t), text, true, func(row int, decision map[string]any) {
		if decision[unsettled] != nil {
			return
		}
		d := stockDecisionOf(t, decision)
		slices.Sort(has[row+1])
		if diff := cmp.Diff(d.rows(), has[row+1]); diff != "" {
			t.Errorf("row %d (-stock OPA +register):\n%s", row+1, diff)
		}
	})
	if amounts < elders {
		t.Errorf("%d amounts for %d elders: the test is of no use", amounts, elders)
	}
}

// What is missing being unknown, what a register says is certain stock OPA grants, and what stock
// OPA grants is at least possible: it takes the unknown for absent.
func TestBoundsOfStockOPA(t *testing.T) {
	elders := effort.Of(20, 60, 1_000)
	text := population(t, register.CSV{}, elders, false)
	got, err := answered(t, register.CSV{}, bytes.NewReader(text), lenient)
	if err != nil {
		t.Fatal(err)
	}
	entitled, possible := 0, 0
	plainly(t, stockQuery(t), text, false, func(row int, decision map[string]any) {
		d := stockDecisionOf(t, decision)
		stock := d.cells()
		for i, name := range got.header[2 : len(got.header)-3] {
			switch has := got.out[row][2+i]; {
			case has == register.Entitled:
				entitled++
				if stock[name] != register.Entitled && decision[unsettled] == nil {
					t.Errorf("row %d: %s is certain, and stock OPA does not grant it", row+1, name)
				}
			case has == "" && stock[name] == register.Entitled:
				t.Errorf("row %d: stock OPA grants %s, and it is not even possible", row+1, name)
			case has == register.Possible:
				possible++
			}
		}
	})
	if entitled < elders || possible < elders {
		t.Errorf("%d services are certain and %d possible for %d elders: the test is of no use", entitled, possible, elders)
	}
}

// plainly decodes each row, asks and writes; take hears of the answers. What is missing is not
// given, or is given as absent if closed. It counts the rows.
func plainly(t testing.TB, query rego.PreparedEvalQuery, text []byte, closed bool, take func(row int, decision map[string]any)) int {
	in, out := csv.NewReader(bytes.NewReader(text)), csv.NewWriter(io.Discard)
	header := must(in.Read())
	reader, ours := reading.New(engine().Catalog().Vocabulary), rules(t, "hongtong")
	for rows := 0; ; rows++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		person := elder.Elder{}
		for i, cell := range row {
			if f, ok := reader.Field(header[i]); ok {
				if v, _ := reader.Value(f, cell); v != nil {
					person[f.Name] = v
				}
			}
		}
		given := must(ours.Encode(person)) // stock OPA knows attributes, and no dates of birth or division codes
		if closed {
			given = ours.Close(given)
		}
		input := map[string]any{"jurisdiction": "hongtong", "on": today.String(), "elder": ours.Table.Space.Input(given.Cells())}
		results, err := query.Eval(context.Background(), rego.EvalInput(input))
		if err != nil || len(results) != 1 {
			t.Fatal(rows, len(results), err)
		}
		decision := results[0].Expressions[0].Value.(map[string]any)
		if closed := ours.Close(given); !settled(ours.Table.Space, closed.Cells()) {
			decision[unsettled] = true
		}
		take(rows, decision)
		if err := out.Write([]string{row[0], fmt.Sprint(decision["entitled"])}); err != nil {
			t.Fatal(err)
		}
	}
}

// unsettled marks the decision on an elder of whom something cannot be taken for absent: what is
// said of him contradicts it, as who is supported at home cannot be without assistance. A register
// knows what follows from that; stock OPA does not.
const unsettled = "unsettled"

// settled reports whether all is known of an elder that can be absent.
func settled(space *elder.Space, cells elder.Cells) bool {
	for i := range space.Axes {
		if a := &space.Axes[i]; a.Attribute.Absent != nil && cells[i] == elder.Absent && space.Asked(i, cells) {
			return false
		}
	}
	return true
}
