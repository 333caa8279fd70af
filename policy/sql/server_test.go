package sql_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/sql"
)

// server is a database server that a script of examples/cluster started, reached by its own client.
type server struct {
	dialect sql.Dialect
	port    int
	client  []string                                      // reads statements from its standard input
	fill    func(table string, columns []string) []string // the client that reads tab-separated rows
	query   func(query string) []string                   // the client that prints rows with the names of columns
	null    string                                        // as it prints it
}

// The names of the database of tests.
const testDatabase = "elders"

// start starts servers by a script of examples/cluster. It skips the test unless ELDERCARE_SERVERS
// asks for servers; then the test fails where they are not installed.
func start(t testing.TB, script string, servers, port int) (dir string) {
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
	args := []string{"start", dir, strconv.Itoa(servers), strconv.Itoa(port)}
	if script == "mariadb.sh" {
		args = []string{"start", dir, strconv.Itoa(port)}
	}
	run := func(args ...string) (string, error) { return runScript(dir, script, args...) }
	t.Cleanup(func() {
		if out, err := run("stop", dir); err != nil {
			t.Logf("%s", out)
		}
		os.RemoveAll(dir)
	})
	out, err := run(args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// runScript runs a script of examples/cluster and gives what it prints.
func runScript(dir, script string, args ...string) (string, error) {
	log, err := os.Create(filepath.Join(dir, "script.log")) // servers in the background would keep a pipe open
	if err != nil {
		return "", err
	}
	defer log.Close()
	c := exec.Command(filepath.Join("..", "..", "examples", "cluster", script), args...)
	c.Stdout, c.Stderr = log, log
	err = c.Run()
	text, _ := os.ReadFile(log.Name())
	return string(text), err
}

func postgres(port int, database string) *server {
	psql := []string{"psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-U", "postgres", "-d", database}
	return &server{
		dialect: sql.PostgreSQL, port: port, client: append(psql, "-f", "-"), null: `\N`,
		fill: func(table string, columns []string) []string {
			return append(psql[:len(psql):len(psql)], "-c", "COPY "+table+" ("+strings.Join(columns, ", ")+") FROM STDIN")
		},
		query: func(query string) []string {
			return append(psql[:len(psql):len(psql)], "-c", "COPY ("+query+") TO STDOUT WITH (HEADER)")
		},
	}
}

func clickhouse(port int, database string) *server {
	client := []string{"clickhouse-client", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--database", database}
	return &server{
		dialect: sql.ClickHouse, port: port, client: append(client, "--multiquery"), null: `\N`,
		fill: func(table string, columns []string) []string {
			return append(client[:len(client):len(client)], "--query", "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") FORMAT TabSeparated")
		},
		query: func(query string) []string {
			return append(client[:len(client):len(client)], "--query", query+" FORMAT TabSeparatedWithNames")
		},
	}
}

func mariadb(port int, database string) *server {
	client := []string{"mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--port=" + strconv.Itoa(port), "--user=root", "--local-infile=1",
		"--default-character-set=utf8mb4", database}
	return &server{
		dialect: sql.MySQL, port: port, client: client, null: "NULL",
		fill: func(table string, columns []string) []string {
			load := "LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE " + table + " (" + strings.Join(columns, ", ") + ")"
			return append(client[:len(client):len(client)], "-e", load)
		},
		query: func(query string) []string {
			return append(client[:len(client):len(client)], "--batch", "--raw", "-e", query)
		},
	}
}

// try runs a client and gives what it prints.
func (s *server) try(command []string, in string) (string, error) {
	c := exec.Command(command[0], command[1:]...)
	c.Stdin = strings.NewReader(in)
	var out, wrong bytes.Buffer
	c.Stdout, c.Stderr = &out, &wrong
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, wrong.String())
	}
	return out.String(), nil
}

func (s *server) must(t testing.TB, command []string, in string) string {
	t.Helper()
	out, err := s.try(command, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// rows returns elders as tab-separated rows.
func rows(columns []string, elders []elder.Elder) string {
	var b strings.Builder
	for _, e := range elders {
		for i, c := range columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			if text := cell(e, c); text != nil {
				b.WriteString(*text)
			} else {
				b.WriteString(`\N`)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// each visits the rows of a query.
func (s *server) each(t testing.TB, query string, visit func(names, values []string)) {
	t.Helper()
	var names []string
	for line := range strings.SplitSeq(strings.TrimSuffix(s.must(t, s.query(query), ""), "\n"), "\n") {
		values := strings.Split(line, "\t")
		if names == nil {
			names = values
			continue
		}
		for i, v := range values {
			if v == s.null {
				values[i] = null
			}
		}
		visit(names, values)
	}
}

// read adds what a query gives, by id, without what is NULL.
func (s *server) read(t testing.TB, query string, into map[string]row) {
	t.Helper()
	addRows(t, s.each, query, into)
}

// decided returns the rows of the view of decisions, and of that of the refused.
func (s *server) decided(t testing.TB) map[string]row {
	t.Helper()
	all := map[string]row{}
	s.read(t, "SELECT * FROM decision", all)
	s.read(t, "SELECT id, code AS refused FROM refused", all)
	return all
}

// A view of somebody else's that needs one of ours stops the script, and leaves the answers that
// were there.
func TestDependentViewOnPostgreSQL(t *testing.T) {
	const port = 54360
	start(t, "postgresql.sh", 1, port)
	s := postgres(port, "postgres")
	rs := rulesOn(t, engine(), "hongtong", today)
	s.must(t, s.client, scriptOf(t, rs, s.dialect).String())
	elders := newPeople(rs, 8).elders(200)
	s.must(t, s.fill("elder", columnsOf(rs)), rows(columnsOf(rs), elders))
	s.must(t, s.client, "CREATE VIEW mine AS SELECT id FROM refused;")
	later := rulesOn(t, engine(), "hongtong", "2027-11-22")
	if out, err := s.try(s.client, scriptOf(t, later, s.dialect).String()); err == nil || !strings.Contains(err.Error(), "mine") {
		t.Errorf("%q, %v", out, err)
	}
	report(t, agree(t, rs, elders, s.decided(t)))
}

// A table of somebody else's that has the name of a view stops the script, and stays.
func TestTableNamedAsViewOnClickHouse(t *testing.T) {
	const port = 59030
	start(t, "clickhouse.sh", 1, port)
	s := clickhouse(port, "default")
	script := scriptOf(t, rulesOn(t, engine(), "hongtong", today), s.dialect).String()
	s.must(t, s.client, script)
	s.must(t, s.client, "DROP TABLE decision; CREATE TABLE decision (id String) ENGINE = Memory; INSERT INTO decision VALUES ('mine');")
	if out, err := s.try(s.client, script); err == nil {
		t.Errorf("the script runs: %q", out)
	}
	got := map[string]row{}
	s.read(t, "SELECT id, id AS copy FROM decision", got)
	s.read(t, "SELECT name AS id, engine FROM system.tables WHERE database = 'default' AND name = 'decision_total'", got)
	if got["mine"]["copy"] != "mine" || got["decision_total"]["engine"] != "View" { // the view is dropped before decision would be
		t.Errorf("there is left %v", got)
	}
}
