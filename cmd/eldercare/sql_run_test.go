//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/decide"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// postgresql is a server that a script of examples/cluster started.
type postgresql struct {
	*testing.T
	port string
}

// startPostgreSQL starts a server. It skips the test unless ELDERCARE_SERVERS asks for servers.
func startPostgreSQL(t *testing.T, port string) postgresql {
	t.Helper()
	if os.Getenv("ELDERCARE_SERVERS") == "" {
		t.Skip("ELDERCARE_SERVERS=1 runs this on a database server, which must be installed")
	}
	dir, err := os.MkdirTemp("", "eldercare")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil { // a server may run as another user
		t.Fatal(err)
	}
	script := func(args ...string) error {
		return exec.Command("../../examples/cluster/postgresql.sh", args...).Run()
	}
	t.Cleanup(func() {
		if err := errors.Join(script("stop", dir), os.RemoveAll(dir)); err != nil {
			t.Log(err)
		}
	})
	if err := script("start", dir, "1", port); err != nil {
		t.Fatal(err)
	}
	return postgresql{t, port}
}

func (p postgresql) dsn() string {
	return "postgres://postgres:geheim@127.0.0.1:" + p.port + "/postgres"
}

// lines are what a query gives, a line a row.
func (p postgresql) lines(query string) []string {
	p.Helper()
	out, err := exec.Command("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", p.port, "-U", "postgres", "-d", "postgres", "-c", query).CombinedOutput()
	if err != nil {
		p.Fatalf("%s: %v\n%s", query, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// sql runs the command, and gives its code and what it says.
func (p postgresql) sql(on string, args ...string) (code int, said string) {
	p.Helper()
	var stderr bytes.Buffer
	code = run(append([]string{"sql", "-j", "hongtong", "--on", on, "--run", p.dsn()}, args...), strings.NewReader(""), io.Discard, &stderr)
	said = stderr.String()
	if strings.Contains(said, "geheim") || strings.Contains(said, "SYN0") {
		p.Errorf("it tells a password or an elder: %s", said)
	}
	return code, said
}

// decisions are those of Go on a day of the rows that are not refused, by id; nil for who is
// refused on that day.
func (p postgresql) decisions(file, on string) map[string]*decide.Decision {
	p.Helper()
	engine, err := eldercare.Load(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	day, err := policy.ParseDate(on)
	if err != nil {
		p.Fatal(err)
	}
	rules, err := engine.Rules(p.Context(), "hongtong", day)
	if err != nil {
		p.Fatal(err)
	}
	in, err := os.Open(file)
	if err != nil {
		p.Fatal(err)
	}
	defer in.Close()
	source, err := register.CSV{}.Open(p.Context(), in, "")
	if err != nil {
		p.Fatal(err)
	}
	r, err := register.New(rules, source, register.Options{Places: engine.Jurisdictions()})
	if err != nil {
		p.Fatal(err)
	}
	all := map[string]*decide.Decision{}
	for people := register.NewPeople(r); ; {
		person, err := people.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			p.Fatal(err)
		}
		if len(person.Problems) > 0 {
			continue
		}
		if all[person.ID], err = rules.Decide(p.Context(), &person.Profile); err != nil {
			p.Fatal(err)
		}
	}
}

// agree compares a table of results with Go's decisions.
func (p postgresql) agree(table string, want map[string]*decide.Decision) {
	p.Helper()
	got := 0
	for _, line := range p.lines("SELECT row_to_json(o) FROM eldercare." + table + " o") {
		row := map[string]any{}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			p.Fatal(err)
		}
		d := want[row["id"].(string)]
		if d == nil {
			p.Fatal("somebody is decided on whom Go refuses")
		}
		got++
		statuses := map[string]string{}
		for _, e := range d.Discretionary {
			statuses[e.Service] = "discretionary"
		}
		for _, e := range d.Possible {
			statuses[e.Service] = "possible"
		}
		for _, e := range d.Entitled {
			statuses[e.Service] = "entitled"
		}
		for service, status := range statuses {
			if have := row[strings.ReplaceAll(service, "-", "_")]; have != status {
				p.Fatalf("%s: %v, want %s", service, have, status)
			}
		}
		if have := row["monthly_fen"].(float64); have != float64(d.MonthlyCNY.Value.Hundredths()) || row["monthly_bound"] != string(d.MonthlyCNY.Bound) {
			p.Fatalf("monthly %v, want %v", have, d.MonthlyCNY)
		}
	}
	if got != len(want) || got == 0 {
		p.Errorf("%d decisions, want %d", got, len(want))
	}
}

// A register is copied, and its decisions are kept as Go has them. Whoever is killed in the middle
// leaves the results that were there, and the next run goes on.
func TestSQLRunsOnPostgreSQL(t *testing.T) {
	p := startPostgreSQL(t, "54370")
	file := filepath.Join(t.TempDir(), "register.csv")
	n := effort.Of(2000, 4000, 20000)
	if code := run([]string{"synth", "-j", "hongtong", "-n", strconv.Itoa(n), "--dirty", "0.003", "--id-numbers", "-o", file}, nil, io.Discard, io.Discard); code != exitFine {
		t.Fatal(code)
	}
	const today, later = "2026-11-22", "2031-11-22"
	want := p.decisions(file, today)
	code, said := p.sql(today, "--import", file, "--results", "owed", "--batch", "333")
	counts := strconv.Itoa(n) + " rows = " + strconv.Itoa(len(want)) + " added + 0 replaced + " + strconv.Itoa(n-len(want)) + " refused + 0 blank"
	if code != exitFound || !strings.Contains(said, counts) || !strings.Contains(said, strconv.Itoa(len(want))+" decided + 0 refused") {
		t.Fatalf("%d, want %q in\n%s", code, counts, said)
	}
	p.agree("owed", want)
	if _, said := p.sql(today, "--import", file); !strings.Contains(said, " 0 added + "+strconv.Itoa(len(want))+" replaced") {
		t.Errorf("a second time: %s", said)
	}
	p.lines("INSERT INTO eldercare.elder (id, age, birth_date) VALUES ('!', 70, '1940-01-01')") // who contradicts himself
	p.killed(later, "owed", len(want)+1)
	p.agree("owed", want)
	code, said = p.sql(later, "--results", "owed", "--batch", "100")
	if code != exitFound || !strings.Contains(said, "before an interruption") || !strings.Contains(said, " 1 refused") {
		t.Errorf("%d, %s", code, said)
	}
	p.agree("owed", p.decisions(file, later))
	if left := p.lines("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'eldercare'")[0]; left != "elder owed owed__refused" {
		t.Errorf("tables %s", left)
	}
	p.refuses(file)
}

// killed begins to keep results in a process of its own, and kills it in the middle.
func (p postgresql) killed(on, table string, elders int) {
	p.Helper()
	program, err := os.Executable()
	if err != nil {
		p.Fatal(err)
	}
	cmd := &exec.Cmd{Path: program, Args: []string{"eldercare", "sql", "-j", "hongtong", "--on", on, "--run", p.dsn(), "--results", table, "--batch", "20"}}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	reached := func() int {
		const there = "SELECT to_regclass('eldercare.owed__progress') IS NOT NULL"
		if p.lines(there)[0] != "t" {
			return 0
		}
		n, _ := strconv.Atoi(p.lines("SELECT elders FROM eldercare." + table + "__progress")[0])
		return n
	}
	for end := time.Now().Add(time.Minute); reached() == 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if n := reached(); n == 0 || n >= elders {
		p.Fatalf("killed after %d of %d elders", n, elders)
	}
}

// refuses tries what is refused, and left as it is.
func (p postgresql) refuses(file string) {
	p.Helper()
	p.lines("CREATE TABLE eldercare.mine (id text); ALTER TABLE eldercare.elder ADD CONSTRAINT nobody CHECK (id < 'SYN00000100')  NOT VALID")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"another's table", []string{"--results", "mine"}, `"mine" exists and is not a table of results`},
		{"the table of elders", []string{"--results", "elder"}, "elder is a name that the list itself uses"},
		{"a constraint", []string{"--import", file}, "23514, table elder, constraint nobody"},
	} {
		code, said := p.sql("2026-11-22", c.args...)
		if code != exitFailed || !strings.Contains(said, c.want) {
			p.Errorf("%s: %d, %s", c.name, code, said)
		}
	}
	p.lines("CREATE VIEW mine AS SELECT id FROM eldercare.refused")
	if code, said := p.sql("2026-11-22"); code != exitFailed || !strings.Contains(said, "mine depends on view refused") {
		p.Errorf("a view of another: %d, %s", code, said)
	}
}
