package speech

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// quiet are the files whose texts reach nobody as messages of a command, with the reason. A folder
// ends in /.
var quiet = map[string]string{
	"examples/":                 "is not part of the program",
	"cmd/eldercare/template/":   "is written into files",
	"internal/mcp/":             "answers programs",
	"internal/serve/":           "answers programs, and logs for programs",
	"internal/pages/":           "has texts in both languages",
	"policy/cases/yaml.go":      "writes YAML",
	"policy/explain/text.go":    "has texts in both languages",
	"policy/internal/divisions": "has data",
	"policy/internal/nation/":   "makes inputs of tests",
	"policy/internal/random/":   "makes inputs of tests",
	"policy/notice/":            "has texts in both languages",
	"policy/page/":              "has texts in both languages",
	"policy/site/":              "has texts in both languages",
	"policy/source/schema/":     "describes schemas for editors",
	"policy/sql/":               "writes SQL",
	"policy/synth/shares.go":    "has data",
	"policy/words/":             "has texts in both languages",
}

// speaking are the functions that take an English format, though one word may be all of it, and
// erring those whose texts are messages in quiet files, too.
var (
	speaking = map[string]bool{"text": true, "tell": true, "sentence": true, "label": true, "fact": true, "lead": true}
	erring   = map[string]bool{"Errorf": true, "New": true}
	silent   = map[string]bool{"pick": true, "choose": true, "MustCompile": true, "Regexp": true, "panic": true, "Getenv": true}
)

// spoken collects the texts of the source by where they stand.
type spoken struct {
	files    *token.FileSet
	messages map[string]string // what the catalogue must have, with a place where it stands
	any      map[string]bool   // every text
}

// readSource reads the source of the program.
func readSource(t *testing.T) *spoken {
	t.Helper()
	s := &spoken{files: token.NewFileSet(), messages: map[string]string{}, any: map[string]bool{}}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == ".ci" || name == filepath.Join("internal", "speech")):
			return filepath.SkipDir
		case d.IsDir(), !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(s.files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.file(filepath.ToSlash(name), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.messages) < 500 {
		t.Fatalf("only %d messages were found", len(s.messages))
	}
	return s
}

func isQuiet(name string) bool {
	for file := range quiet {
		if strings.HasPrefix(name, file) {
			return true
		}
	}
	return false
}

// file collects the texts of a file.
func (s *spoken) file(name string, file *ast.File) {
	command := strings.HasPrefix(name, "cmd/")
	var visit func(n ast.Node, spoken bool)
	visit = func(n ast.Node, spoken bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return n.Tag == nil
			case *ast.CallExpr:
				s.call(n, spoken, command, visit)
				return false
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Use" || key.Name == "Example") {
					return false
				}
			case *ast.CompositeLit:
				if of, ok := n.Type.(*ast.SelectorExpr); ok && of.Sel.Name == "Diagnostic" {
					for _, e := range n.Elts {
						visit(e, true)
					}
					return false
				}
			case ast.Expr:
				if text, ok := textOf(n); ok {
					s.add(n, text, spoken && isMessage(text))
					s.operands(n, spoken, visit)
					return false
				}
			}
			return true
		})
	}
	visit(file, !isQuiet(name))
}

// operands collects the texts in what constants are put together with.
func (s *spoken) operands(e ast.Expr, spoken bool, visit func(ast.Node, bool)) {
	sum, ok := e.(*ast.BinaryExpr)
	if !ok {
		return
	}
	for _, of := range []ast.Expr{sum.X, sum.Y} {
		if _, constant := textOf(of); constant {
			s.operands(of, spoken, visit)
		} else {
			visit(of, spoken)
		}
	}
}

// call collects the texts in a call.
func (s *spoken) call(n *ast.CallExpr, spoken, command bool, visit func(ast.Node, bool)) {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		visit(f.X, spoken)
	}
	for i, arg := range n.Args {
		text, literal := textOf(arg)
		switch {
		case silent[name], name == "say" && len(n.Args) == 2:
			s.add(arg, text, false)
		case literal && command && name == "counted" && i == 1:
			s.add(arg, "%d "+text+"s", true)
		case literal && command && speaking[name]:
			s.add(arg, text, strings.ContainsFunc(verb().ReplaceAllString(text, ""), isLetter))
		default:
			visit(arg, spoken || erring[name])
		}
	}
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func (s *spoken) add(at ast.Node, text string, message bool) {
	s.any[text] = true
	if message {
		s.messages[text] = s.files.Position(at.Pos()).String()
	}
}

var (
	oneWord    = regexp.MustCompile(`^\S*$|^[^a-zA-Z]*$`)
	groups     = regexp.MustCompile(`(?:\$\d)+`)
	notEnglish = regexp.MustCompile(`\A(?:\^|[A-Z]+ [A-Z]|  \w|[a-z]+/[a-z]+;|# |- |::|\{|package lists|effective_from|%s as|expected |non-terminated)|\(\?|\\S|without leading|keyword is|keyword cannot|used for rule name|illegal default`)
)

// isMessage reports whether a text may be a sentence: it has a word and a space, and is no pattern,
// SQL, or piece of a file.
func isMessage(text string) bool {
	words := verb().ReplaceAllString(text, "")
	return !oneWord.MatchString(text) && strings.ContainsFunc(words, isLetter) && !notEnglish.MatchString(text)
}

// textOf returns a constant text, or one put together of constants and others, for which %s stands.
// What a regular expression is to put in counts as others.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return groups.ReplaceAllString(text, "%s"), err == nil
		}
	case *ast.ParenExpr:
		return textOf(e.X)
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		x, isX := textOf(e.X)
		y, isY := textOf(e.Y)
		if !isX && !isY {
			return "", false
		}
		if !isX {
			x = "%s"
		}
		if !isY {
			y = "%s"
		}
		return x + y, true
	}
	return "", false
}
