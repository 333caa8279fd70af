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
	for name, script := range map[string]string{"the action": actionScript(t, "Check the lists"), "GitLab": gitlabScript(t)} {
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
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), bash, "-e", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+programPath(t), "DIR=.", "MIN=100", "STRICT=false")
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

// actionScript is what a step of the action runs.
func actionScript(t *testing.T, step string) string {
	t.Helper()
	var action struct {
		Runs struct {
			Steps []struct{ Name, Run string }
		}
	}
	readYAML(t, "../../.github/actions/check/action.yml", &action)
	for _, s := range action.Runs.Steps {
		if s.Name == step {
			return s.Run
		}
	}
	t.Fatalf("the action has no step %q", step)
	return ""
}

// On a pull request the action writes what it changes into the summary of the job, and into one
// comment: a new one, or the one of before. What goes wrong does not end the job.
func TestPullRequest(t *testing.T) {
	dir, temp := t.TempDir(), t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...).CombinedOutput()
		if err != nil {
			t.Skip(err, string(out))
		}
		return strings.TrimSpace(string(out))
	}
	amend := func(amount string) {
		copied(t, "testdata/script/diff.txtar", amount+"/", dir)
	}
	amend("old")
	git("init", "-q", ".")
	git("add", ".")
	git("commit", "-qm", "before")
	amend("new")
	summary, called := filepath.Join(temp, "summary"), filepath.Join(temp, "called")
	script := func(env, gh string) string {
		t.Helper()
		const set = "export DIR=. REPORT_LANG=zh REPO=a/b NUMBER=7 "
		text := set + env + "\ngh() { echo \"$@\" >> " + called + "; " + gh + "; }\n" + actionScript(t, "Show what changes for people")
		out, err := runScript(t, dir, "set -o pipefail; export RUNNER_TEMP="+temp+" GITHUB_STEP_SUMMARY="+summary+"\n"+text)
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		said, _ := os.ReadFile(called)
		_ = os.Remove(called)
		return out + string(said)
	}
	base := "BASE=" + git("rev-parse", "HEAD")
	if out := script(base+" COMMENT=false", "false"); out != "" {
		t.Errorf("without a comment: %s", out)
	}
	text, err := os.ReadFile(summary)
	if err != nil || !strings.Contains(string(text), "百岁补贴 | 降低 | 每月现金：300元 → 200元") {
		t.Errorf("%v: the summary is %s", err, text)
	}
	if out := script(base+" COMMENT=true", "true"); !strings.Contains(out, "--method POST repos/a/b/issues/7/comments --field body=@") {
		t.Errorf("a new comment: %s", out)
	}
	if out := script(base+" COMMENT=true", `[ "$2" != --paginate ] || echo 12`); !strings.Contains(out, "--method PATCH repos/a/b/issues/comments/12 ") {
		t.Errorf("the comment of before: %s", out)
	}
	if out := script(base+" COMMENT=true", "false"); !strings.Contains(out, "::warning title=eldercare::the comment cannot be written") {
		t.Errorf("without the permission: %s", out)
	}
	script("BASE=0000000000000000000000000000000000000000 COMMENT=false", "true")
	if text, _ := os.ReadFile(summary); !strings.Contains(string(text), "git 没有版本 0000000") {
		t.Errorf("without the base: %s", text)
	}
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
