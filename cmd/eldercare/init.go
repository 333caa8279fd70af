package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/internal/overlay"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/elder"
	"github.com/basic-eldercare/eldercare/policy/source"
)

type initOptions struct {
	*common
	name, code, level, parent string
	from                      dateFlag
	versionOf                 string
	dir                       string
}

func initCommand(c *common) *cobra.Command {
	o := &initOptions{common: c}
	cmd := &cobra.Command{
		Use:   "init {ID | --version-of ID --from YYYY-MM-DD} [-o DIR]",
		Short: "Begin a list, or the next version of one, in a folder of one's own",
		Long: `Init writes a folder to begin a list with: its YAML with comments that say what
to fill in, a rule, a test of it, cases, a README and a workflow for CI. As it
stands it loads, and lint, test and check find nothing. On a terminal init asks
for what is missing.

With --version-of it begins the next version of a list that is there: a copy of
the YAML, the rules, the tests and the cases, in force from the day of --from.
A figure that alone changes needs no version: add a value to its history.

No file that is there is overwritten.`,
		Example: `  eldercare init pinglu --parent shuozhou --name 平鲁示例 --code 140699 \
      --level county -o mylists
  eldercare init --version-of shuozhou --from 2027-01-01 -o mylists`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args) },
	}
	o.flags(cmd, "text")
	cmd.Flags().StringVar(&o.name, "name", "", "`name` of the jurisdiction, in Chinese")
	cmd.Flags().StringVar(&o.code, "code", "", "division `code`, six digits, nine of a township")
	cmd.Flags().StringVar(&o.level, "level", "", "`level`: "+joined(policy.Levels(), ", "))
	cmd.Flags().StringVar(&o.parent, "parent", "", "`id` of the jurisdiction above")
	cmd.Flags().Var(&o.from, "from", "the first day of the list, as `YYYY-MM-DD` (default today)")
	cmd.Flags().StringVar(&o.versionOf, "version-of", "", "`id` of the jurisdiction whose list gets a next version")
	cmd.Flags().StringVarP(&o.dir, "output", "o", "", "`folder` to write to (default the id)")
	return cmd
}

func joined[T ~string](words []T, mark string) string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return strings.Join(all, mark)
}

func (o *initOptions) run(ctx context.Context, args []string) error {
	if o.versionOf != "" {
		if len(args) > 0 {
			return errors.New("name an ID, or --version-of")
		}
		return o.nextVersion(ctx)
	}
	id, err := o.complete(args)
	if err != nil {
		return err
	}
	engine, err := o.load(ctx, o.parent)
	if err != nil {
		return err
	}
	files, err := o.newList(engine, id)
	if err != nil {
		return err
	}
	return o.writeFiles(ctx, files)
}

// complete asks on a terminal for what is missing. Elsewhere that is an error, which names it.
func (o *initOptions) complete(args []string) (id string, err error) {
	if len(args) > 0 {
		id = args[0]
	}
	lines := bufio.NewReader(o.stdin)
	var missing []string
	for _, q := range []struct {
		value          *string
		flag, question string
	}{
		{&id, "ID", "id of the jurisdiction, in small letters, such as pinglu"},
		{&o.name, "--name", "its name in Chinese"},
		{&o.code, "--code", "its division code, six digits"},
		{&o.level, "--level", "its level: " + joined(policy.Levels(), ", ")},
		{&o.parent, "--parent", `id of the jurisdiction above ("eldercare list" shows them)`},
	} {
		if *q.value == "" && isTerminal(o.stdin) {
			fmt.Fprintf(o.stderr, "%s%s", o.lang.sentence(q.question), o.lang.colon())
			line, err := lines.ReadString('\n')
			if err != nil {
				return "", errors.New("the input ended before every question was answered")
			}
			*q.value = strings.TrimSpace(line)
		}
		if *q.value == "" {
			missing = append(missing, q.flag)
		}
	}
	if len(missing) > 0 {
		return "", errors.New("also give " + strings.Join(missing, ", "))
	}
	if err := source.CheckID(id); err != nil {
		return "", err
	}
	o.dir = cmp.Or(o.dir, id)
	return id, nil
}

//go:embed template/*.tmpl
var templates embed.FS

// figureAbove is an amount that the lists above state, which the new list may raise.
type figureAbove struct{ Name, Label, Value, List string }

// newList is the files of a new list, by path.
func (o *initOptions) newList(engine *eldercare.Engine, id string) (map[string][]byte, error) {
	if len(engine.Catalog().ListsOf(id)) > 0 || slices.Contains(engine.Catalog().Known, id) {
		return nil, fmt.Errorf("there is a list of %s already; --version-of %s begins its next version", id, id)
	}
	from := eldercare.Date(o.from)
	if from.IsZero() {
		from = o.day(engine)
	}
	above, err := engine.List(o.parent, from)
	if err != nil {
		return nil, err
	}
	data := struct {
		ID, Name, Code, Level, Parent, From, Dir string
		Figures                                  []figureAbove
	}{id, o.name, o.code, o.level, o.parent, from.String(), filepath.ToSlash(o.dir), figuresAbove(engine.Catalog().Chain(above, from), from)}
	all, err := template.ParseFS(templates, "template/*.tmpl")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name, path := range map[string]string{
		"list.yaml": "catalogs/" + id + ".yaml", "services.yaml": "catalogs/services.yaml", "cases.yaml": "catalogs/cases/" + id + ".yaml",
		"rules.rego": "rego/lists/" + id + ".rego", "rules_test.rego": "rego/lists/" + id + "_test.rego",
		"README.md": "README.md", "workflow.yml": ".github/workflows/eldercare.yml",
	} {
		var content bytes.Buffer
		if err := all.ExecuteTemplate(&content, name+".tmpl", data); err != nil {
			return nil, err
		}
		files[path] = content.Bytes()
	}
	return files, nil
}

// figuresAbove are the amounts of a chain of lists on a day, the nearest list's of each name.
func figuresAbove(chain []*policy.List, on eldercare.Date) []figureAbove {
	var all []figureAbove
	for _, list := range chain {
		for _, p := range list.Parameters {
			value := p.At(on)
			if p.Threshold() || value == nil || slices.ContainsFunc(all, func(f figureAbove) bool { return f.Name == p.Name }) {
				continue
			}
			amount := "未定"
			if value.Value != nil {
				amount = value.Value.RatString() + " " + string(p.Unit)
			}
			all = append(all, figureAbove{p.Name, p.Label, amount, list.Jurisdiction.ID})
		}
	}
	return all
}

// writeFiles writes files into the folder, once they have been loaded from memory: what is wrong
// with them is reported, and nothing written.
func (o *initOptions) writeFiles(ctx context.Context, files map[string][]byte) error {
	paths := slices.Sorted(maps.Keys(files))
	for _, path := range paths {
		if !filepath.IsLocal(path) {
			return fmt.Errorf("%s leads out of the folder; nothing was written", path)
		}
		if _, err := os.Lstat(filepath.Join(o.dir, path)); err == nil {
			return fmt.Errorf("%s is there already; nothing was written", filepath.Join(o.dir, path))
		}
	}
	if err := o.tryFiles(ctx, files); err != nil {
		return err
	}
	if err := writeNew(o.dir, files); err != nil {
		return err
	}
	for _, path := range paths {
		fmt.Fprintln(o.stdout, elder.HideIDNumbers(filepath.ToSlash(filepath.Join(o.dir, path))))
	}
	return nil
}

// tryFiles loads what the folder would hold.
func (o *initOptions) tryFiles(ctx context.Context, files map[string][]byte) error {
	folder, err := overlay.New(o.dir, files)
	if err != nil {
		return err
	}
	options := slices.DeleteFunc(slices.Clone(o.dirs), func(dir string) bool { return filepath.Clean(dir) == filepath.Clean(o.dir) })
	c := &common{dirs: options, replace: o.replace}
	_, err = eldercare.Load(ctx, append(c.options(), eldercare.WithFS(o.dir, folder))...)
	return err
}
