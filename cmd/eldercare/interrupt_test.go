//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/basic-eldercare/eldercare/internal/effort"
)

// before is what stands where a run is to write.
const before = "what was there before\n"

// roster is the command, in a process of its own, over a register that comes through a pipe. It
// writes out.csv into a folder, where a file is.
func roster(t *testing.T) (cmd *exec.Cmd, in io.WriteCloser, stderr *bytes.Buffer, folder string) {
	t.Helper()
	folder = t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(folder, "out.csv")
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
	return cmd, in, stderr, folder
}

// feed writes rows without an end, as long as somebody reads them.
func feed(in io.Writer, rows int) {
	_, err := io.WriteString(in, "id,age\n")
	for i := 0; err == nil && (rows < 0 || i < rows); i++ {
		_, err = fmt.Fprintf(in, "E%d,%d\n", i, 60+i%40)
	}
}

// Who is killed leaves what was there before, or all that there is to write, and never a part.
func TestKilled(t *testing.T) {
	const rows = 20_000
	for range effort.Of(3, 20, 20) {
		cmd, in, _, folder := roster(t)
		time.AfterFunc(time.Duration(rand.IntN(1500))*time.Millisecond, func() { _ = cmd.Process.Kill() }) // it may have ended
		feed(in, rows)
		_ = in.Close()
		_ = cmd.Wait()
		got, err := os.ReadFile(filepath.Join(folder, "out.csv"))
		if lines := bytes.Count(got, []byte("\n")); err != nil || string(got) != before && lines != rows+1 {
			t.Errorf("%v: %d lines stand in the file", err, lines)
		}
	}
}

// Who is interrupted says how far it came, and leaves nothing behind.
func TestInterrupted(t *testing.T) {
	cmd, in, stderr, folder := roster(t)
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
	files, err := os.ReadDir(folder)
	if got, readErr := os.ReadFile(filepath.Join(folder, "out.csv")); err != nil || readErr != nil || string(got) != before || len(files) != 1 {
		t.Errorf("%v, %v: %d files stay, and %q", err, readErr, len(files), got)
	}
}
