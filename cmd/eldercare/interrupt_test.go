//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/policy/register"
)

// before is what stands where a run is to write.
const before = "what was there before\n"

// roster is the command, in a process of its own, over a register that comes through a pipe. It
// writes into a folder, where a file is.
func roster(t *testing.T, to string) (cmd *exec.Cmd, in io.WriteCloser, stderr *bytes.Buffer, out string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out = filepath.Join(t.TempDir(), "out."+to)
	if err := os.WriteFile(out, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	stderr = &bytes.Buffer{}
	cmd = &exec.Cmd{
		Path: program, Args: []string{"eldercare", "roster", "-j", "hongtong", "--from", "csv", "-o", out, "-"}, Stderr: stderr,
	}
	if in, err = cmd.StdinPipe(); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd, in, stderr, out
}

// feed writes rows without an end, as long as somebody reads them.
func feed(in io.Writer, rows int) {
	_, err := io.WriteString(in, "id,age\n")
	for i := 0; err == nil && (rows < 0 || i < rows); i++ {
		_, err = fmt.Fprintf(in, "E%d,%d\n", i, 60+i%40)
	}
}

// Who is killed, at whatever moment of a run, leaves what was there before, or all that there is to
// write, and never a part.
func TestKilled(t *testing.T) {
	rows := effort.Of(2_000, 2_000, 20_000)
	for _, to := range []string{"csv", "ndjson", "xlsx", "parquet"} {
		begin := time.Now()
		cmd, in, stderr, out := roster(t, to)
		feed(in, rows)
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Fatal(to, err, stderr)
		}
		whole := time.Since(begin)
		if n := rowsIn(t, to, out); n != rows {
			t.Fatalf("%s: %d rows are written", to, n)
		}
		kept := 0
		for range effort.Of(1, 1, 5) { // twenty in all
			cmd, in, _, out := roster(t, to)
			time.AfterFunc(rand.N(whole), func() { _ = cmd.Process.Kill() }) // it may have ended
			feed(in, rows)
			_ = in.Close()
			_ = cmd.Wait()
			if got, err := os.ReadFile(out); err == nil && string(got) == before {
				kept++
			} else if n := rowsIn(t, to, out); err != nil || n != rows {
				t.Errorf("%s: %v: %d rows stand in the file", to, err, n)
			}
		}
		t.Logf("%s: a run takes %v, and of those killed %d had not ended", to, whole.Round(time.Millisecond), kept)
	}
}

// rowsIn counts the rows of a file, -1 when it cannot be read.
func rowsIn(t *testing.T, format, name string) int {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	source, err := registerFormats[format].Open(t.Context(), f, "")
	if err != nil {
		return -1
	}
	defer source.Close()
	for rows := 0; ; rows++ {
		switch err := source.Read(&register.Row{}); {
		case errors.Is(err, io.EOF):
			return rows
		case err != nil:
			return -1
		}
	}
}

// Who is interrupted says how far it came, and leaves nothing behind.
func TestInterrupted(t *testing.T) {
	cmd, in, stderr, out := roster(t, "csv")
	fed := make(chan struct{})
	go func() {
		feed(in, 100_000)
		close(fed)
	}()
	<-fed // nothing more comes, and nothing ends
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed {
		t.Errorf("it ends with %d", code)
	}
	if text := stderr.String(); !strings.Contains(text, "stopped after ") || !strings.Contains(text, "no answers are written") {
		t.Errorf("it says %q", text)
	}
	files, err := os.ReadDir(filepath.Dir(out))
	if got, readErr := os.ReadFile(out); err != nil || readErr != nil || string(got) != before || len(files) != 1 {
		t.Errorf("%v, %v: %d files stay, and %q", err, readErr, len(files), got)
	}
}

// Who is interrupted while nothing comes ends at whatever it waits for, with one message and
// without files that were put aside.
func TestInterruptedWhileWaiting(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	aside := t.TempDir()
	const begun = 1 << 19 // more than pipes hold: when it is gone, the lists are loaded, and it is read
	lines := func(row string) string { return "id,age\n" + strings.Repeat(row, begun/len(row)) }
	few, nothing := lines("A,80,"+strings.Repeat("x", 500)+"\n"), "^eldercare: interrupted; no file is written\n$"
	for name, c := range map[string]struct {
		args, fed, say string
	}{
		"for a header":   {"roster -j hongtong --from csv -o out.csv -", strings.Repeat("x", begun), nothing},
		"for a workbook": {"roster -j hongtong --from xlsx -o out.csv -", "PK" + strings.Repeat("x", begun), nothing},
		"for the end":    {"roster -j hongtong --from parquet -o out.csv -", "PAR1" + strings.Repeat("x", begun), nothing},
		"for a plan":     {"roster -j hongtong --from csv --plan -", few, nothing},
		"for rows":       {"roster -j hongtong --from csv --summary table -", few, "eldercare: stopped after [0-9]+ rows, [0-9]+ answered, [0-9]+ refused; no answers are written\n$"},
		"to pack": {"roster -j hongtong --from csv --keep note -o out.xlsx -", "id,age,note\n" + strings.Repeat("A,80,"+strings.Repeat("长", 3_000)+"\n", 2_500), // 22 MB
			"eldercare: stopped after [0-9]+ rows, [0-9]+ answered, 0 refused; no answers are written\n$"},
		"to compare": {"simulate -j hongtong --on 2026-01-01 --against 2026-02-01 --from csv -", few, "eldercare: stopped after [0-9]+ rows; nothing is compared\n$"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, stderr := t.TempDir(), &bytes.Buffer{}
			cmd := &exec.Cmd{
				Path: program, Args: append([]string{"eldercare"}, strings.Fields(c.args)...), Dir: folder, Stderr: stderr, Env: append(os.Environ(), "TMPDIR="+aside),
			}
			in, err := cmd.StdinPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.WriteString(in, c.fed)
			if err := errors.Join(err, cmd.Process.Signal(syscall.SIGINT)); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || !regexp.MustCompile(c.say).Match(stderr.Bytes()) {
				t.Errorf("it ends with %d and says %q", code, stderr)
			}
			for _, place := range []string{folder, aside} {
				if files, err := os.ReadDir(place); err != nil || len(files) > 0 {
					t.Errorf("%v: %v stay", err, files)
				}
			}
		})
	}
}
