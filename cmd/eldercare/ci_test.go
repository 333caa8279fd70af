package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// The steps that the action and the GitLab example run are commands that there are: each passes on
// a folder as init writes it, and fails on one whose county is more generous to fewer.
func TestCISteps(t *testing.T) {
	for name, script := range map[string]string{"the action": actionScript(t), "GitLab": gitlabScript(t)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if code, _, stderr := execute("init", "pinglu", "--parent", "shuozhou", "--name", "平鲁示例", "--code", "140699", "--level", "county", "-o", dir); code != exitFine {
				t.Fatal(stderr)
			}
			if out, err := runScript(t, dir, script); err != nil {
				t.Errorf("as init writes it: %v\n%s", err, out)
			}
			rule := filepath.Join(dir, "rego/lists/pinglu.rego")
			before, err := os.ReadFile(rule)
			if err != nil {
				t.Fatal(err)
			}
			broken := strings.Replace(string(before), ">=", ">", 1)
			if err := os.WriteFile(rule, []byte(broken), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := runScript(t, dir, script); err == nil {
				t.Errorf("with an elder of 60 left out it passes:\n%s", out)
			}
		})
	}
}

// runScript runs a script of bash in a folder, with this program as eldercare.
func runScript(t *testing.T, dir, script string) (string, error) {
	t.Helper()
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "eldercare")); err != nil { // testscript runs the command by this name
		t.Skip(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), bash, "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "DIR=.", "MIN=100", "STRICT=false")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func readYAML(t *testing.T, file string, to any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(content, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func actionScript(t *testing.T) string {
	var action struct {
		Runs struct {
			Steps []struct{ Run string }
		}
	}
	readYAML(t, "../../.github/actions/check/action.yml", &action)
	return action.Runs.Steps[len(action.Runs.Steps)-1].Run
}

func gitlabScript(t *testing.T) string {
	var pipeline struct {
		Eldercare struct{ Script []string }
	}
	readYAML(t, "../../docs/gitlab-ci.yml", &pipeline)
	return strings.Join(pipeline.Eldercare.Script, "\n")
}

// The documentation shows the workflow that init writes.
func TestWorkflowIsShown(t *testing.T) {
	shown, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	written, err := templates.ReadFile("template/workflow.yml.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	_, workflow, _ := strings.Cut(string(written), "\n") // without the comment
	if !strings.Contains(string(shown), workflow) {
		t.Error("docs/ci.md shows another workflow than init writes")
	}
}
