//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/basic-eldercare/eldercare/internal/serve"
)

// served is the command serve in a process of its own.
type served struct {
	cmd  *exec.Cmd
	addr string
	log  *bytes.Buffer
}

func startServer(t *testing.T, args ...string) *served {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &served{log: &bytes.Buffer{}}
	s.cmd = &exec.Cmd{Path: program, Args: append([]string{"eldercare", "serve", "--addr", "127.0.0.1:0"}, args...), Stderr: s.log}
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // it may have ended
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = s.cmd.Wait()
		t.Fatalf("%v: %s", err, s.log)
	}
	s.addr = strings.TrimSpace(line)
	return s
}

func (s *served) post(t *testing.T, path, kind string, body []byte) string {
	t.Helper()
	w, err := http.Post("http://"+s.addr+path, kind, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %s: %.300s", path, err, w.Status, text)
	}
	return string(text)
}

// The service answers what evaluate answers, byte for byte: one for one, an array for an array, and
// line by line.
func TestServeEqualsEvaluate(t *testing.T) {
	s := startServer(t)
	files, err := filepath.Glob("../../examples/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, j := range []string{"shanxi", "shuozhou", "hongtong", "henan", "huojia"} {
		for _, file := range files {
			for query, flags := range map[string][]string{
				"?on=2026-11-22":                   {"--on", "2026-11-22"},
				"?on=2025-01-01&assume_known=true": {"--on", "2025-01-01", "--assume-known"},
				"":                                 nil,
			} {
				code, want, stderr := execute(append([]string{"evaluate", "-j", j, "--format", "json", file}, flags...)...)
				if code != exitFine {
					t.Fatal(stderr)
				}
				content, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				path := "/v1/" + j + "/decisions" + query
				if diff := cmp.Diff(want, s.post(t, path, "application/x-ndjson", content)); diff != "" {
					t.Errorf("%s, %s line by line (-evaluate +serve)\n%s", path, file, diff)
				}
				whole := "[" + strings.ReplaceAll(strings.TrimSuffix(want, "\n"), "\n", ",") + "]\n"
				if content = bytes.TrimSpace(content); content[0] == '{' {
					whole = want
				}
				if diff := cmp.Diff(whole, s.post(t, path, "application/json", content)); diff != "" {
					t.Errorf("%s, %s (-evaluate +serve)\n%s", path, file, diff)
				}
			}
		}
	}
	one := []byte(`{"编号": "E1", "年龄": "八十岁", "救助类别": "低保"}`)
	var want, stderr bytes.Buffer
	if code := run([]string{"evaluate", "-j", "hongtong", "--format", "json", "-"}, bytes.NewReader(one), &want, &stderr); code != exitFine {
		t.Fatal(stderr.String())
	}
	if diff := cmp.Diff(want.String(), s.post(t, "/v1/hongtong/decisions", "application/json", one)); diff != "" {
		t.Errorf("in the words of a register (-evaluate +serve)\n%s", diff)
	}
}

// SIGHUP loads again, and TERM ends with 0, whatever is signalled meanwhile. The log is JSON that
// has nothing of an elder.
func TestServeSignals(t *testing.T) {
	s := startServer(t, "--drain", "1s", "--on", "2026-11-22")
	if got := s.post(t, "/v1/hongtong/decisions", "application/json", []byte(`{"id":"zhangsan","age":97}`)); !strings.Contains(got, `"on":"2026-11-22"`) {
		t.Errorf("not answered for the day of --on: %.200s", got)
	}
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		w, err := http.Get("http://" + s.addr + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(w.Body)
		_ = w.Body.Close()
		if strings.Contains(string(text), `eldercare_reloads_total{outcome="loaded"} 1`) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not load again")
		}
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond) // it is ending
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if log := s.log.String(); !strings.Contains(log, `"msg":"ended"`) || strings.Contains(log, "zhangsan") || strings.Contains(log, "hongtong") {
		t.Errorf("the log is %s", log)
	}
}

// Flags that mean nothing, or nothing good, are refused.
func TestServeFlags(t *testing.T) {
	for _, args := range []string{
		"--tls-cert x", "--tls-key x", "--sign x", "--watch", "--max-elders 0", "--max-time 0s", "--addr nowhere:at:all", "--tokens missing", "--dir missing",
		"--dir ../../examples/undercut",
	} {
		code, stdout, stderr := execute(append([]string{"serve"}, strings.Fields(args)...)...)
		if code != exitFailed || stdout != "" || stderr == "" {
			t.Errorf("%s: exit code %d, %q, %q", args, code, stdout, stderr)
		}
	}
}

// The commands of docs/serve.md are run, with the address of a server of the test. What they print
// is what the page shows, where … stands for anything.
func TestServeDocs(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	text, err := os.ReadFile("../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	s := startServer(t, "--upload")
	commands, ran := strings.ReplaceAll(string(text), "127.0.0.1:8080", s.addr), 0
	for _, b := range block.FindAllStringSubmatch(commands, -1) {
		if b[2] != "console" || !strings.Contains(b[3], "curl") {
			continue
		}
		before := "" // what earlier commands of the block set
		for _, part := range strings.Split("\n"+b[3], "\n$ ")[1:] {
			command, shown, _ := strings.Cut(part, "\n")
			cmd := exec.CommandContext(t.Context(), bash, "-c", before+command)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("$ %s: %v\n%s", command, err, out)
			}
			if shown == "" {
				before += command + "\n"
				continue
			}
			ran++
			pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(shown)), "…", "(?s:.*)")
			if !regexp.MustCompile("^" + pattern + "$").MatchString(strings.TrimSpace(string(out))) {
				t.Errorf("$ %s (-shown +printed)\n%s", command, cmp.Diff(shown, string(out)))
			}
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands", ran)
	}
}

// The page describes each code of a problem, and each address.
func TestServeDocsAreComplete(t *testing.T) {
	text, err := os.ReadFile("../../docs/serve.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range serve.Codes() {
		if !strings.Contains(string(text), `<a id="`+code+`"></a>`) {
			t.Errorf("docs/serve.md does not describe %s", code)
		}
	}
	for _, address := range serve.Addresses() {
		if !strings.Contains(string(text), "`"+address+"`") {
			t.Errorf("docs/serve.md does not describe %s", address)
		}
	}
}

// The examples of how to run the service give flags that there are, and no others.
func TestDeployExamples(t *testing.T) {
	for _, file := range []string{"Dockerfile", "compose.yaml", "eldercare.service"} {
		text, err := os.ReadFile(filepath.Join("../../examples/deploy", file))
		if err != nil {
			t.Fatal(err)
		}
		ran := 0
		for line := range strings.Lines(string(text)) {
			_, arguments, isCommand := strings.Cut(line, "serve")
			if !isCommand || strings.HasPrefix(line, "#") || !strings.Contains(line, "--addr") {
				continue
			}
			ran++
			words := strings.FieldsFunc(arguments, func(c rune) bool { return strings.ContainsRune(" ,[]\"\n", c) })
			o := serveCommand(&common{})
			if err := o.ParseFlags(words); err != nil || o.Flags().NArg() > 0 {
				t.Errorf("%s: %s: %v, and %q", file, line, err, o.Flags().Args())
			}
		}
		if ran != 1 {
			t.Errorf("%s has %d commands", file, ran)
		}
	}
}
