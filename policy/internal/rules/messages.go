package rules

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"

	"github.com/basic-eldercare/eldercare/internal/lazy"
	"github.com/basic-eldercare/eldercare/policy"
)

// This file says in our words what OPA finds wrong with the text of a rule: what, and what to do.

// report adds the errors of OPA's parser. Of those on one line it adds only the first, as the
// others follow from it.
func (l *loader) report(err error, file string) {
	var list ast.Errors
	if one := new(ast.Error); errors.As(err, &one) {
		list = ast.Errors{one}
	} else if !errors.As(err, &list) {
		list = ast.Errors{{Code: ast.ParseErr, Message: err.Error()}}
	}
	line := 0
	for _, e := range list {
		d := l.diagnostic(e)
		d.Pos = policy.Position{File: file, Line: max(1, d.Pos.Line), Column: max(1, d.Pos.Column)}
		if d.Pos.Line != line {
			l.add(d)
		}
		line = d.Pos.Line
	}
}

// diagnostic returns an error of OPA's in our words.
func (l *loader) diagnostic(e *ast.Error) policy.Diagnostic {
	d := policy.Diagnostic{Code: strings.ReplaceAll(e.Code, "_", "-"), Severity: policy.SeverityError, Pos: position(e.Location)}
	switch detail := e.Details.(type) {
	case *ast.RefErrInvalidDetail:
		l.undefined(&d, detail)
	case *ast.RefErrUnsupportedDetail:
		whole := short(detail.Ref[:min(detail.Pos+1, len(detail.Ref))])
		d.Summary, d.Remedy = whole+" has no parts", "write "+whole
		if _, function := detail.Have.(*types.Function); function {
			d.Summary, d.Remedy = whole+" is a function", "call it with its arguments in parentheses"
		}
	case *ast.UnificationErrDetail:
		d.Summary = fmt.Sprintf("%s and %s are never equal", kindOf(detail.Left), kindOf(detail.Right))
		d.Remedy = "compare values of the same type"
	case *ast.ArgErrDetail:
		d.Summary, d.Remedy = wrongArguments(e.Message, detail)
	default:
		d.Summary, d.Remedy = l.inOurWords(e.Message)
		if detail, ok := e.Details.(*ast.ParserErrorDetail); ok && strings.HasPrefix(e.Message, "illegal token") {
			wideCharacter(&d, detail)
		}
	}
	return d
}

// wideCharacter says which sign of a Chinese input method stands where one of Rego should be.
func wideCharacter(d *policy.Diagnostic, at *ast.ParserErrorDetail) {
	if at.Idx < 0 || at.Idx >= len(at.Line) {
		return
	}
	r, _ := utf8.DecodeRuneInString(at.Line[at.Idx:])
	if plain := plainSign(r); plain != "" {
		d.Summary, d.Remedy = fmt.Sprintf("Rego does not accept the Chinese punctuation %c", r), "write "+plain
	}
}

// plainSign is the sign of Rego for one of a Chinese input method, empty when there is none.
func plainSign(r rune) string {
	switch {
	case r >= '！' && r <= '～': // which stand in the order of ASCII
		return string(r - '！' + '!')
	case strings.ContainsRune("“”‘’「」", r):
		return `"`
	case r == '、':
		return ","
	case r == '。':
		return "."
	case r == '【':
		return "["
	case r == '】':
		return "]"
	case r == '\u3000':
		return "a space"
	}
	return ""
}

// wrongArguments says how a function can be called. Where a type is wrong, OPA counts the result
// among the arguments.
func wrongArguments(message string, detail *ast.ArgErrDetail) (summary, remedy string) {
	name, what, _ := strings.Cut(plainNames(message), ": ")
	want, have := detail.Want.Args, detail.Have
	if what != "invalid argument(s)" {
		return name + " is given too few arguments, or too many", "give it " + kindsOf(want)
	}
	last := len(want) - 1
	if given := kindsOf(have[:min(len(have), last)]); given != kindsOf(want[:last]) && kindsOf(want[:last]) != "anything" || len(have) <= last {
		return name + " is given " + given + ", but takes " + kindsOf(want[:last]), "give it what it takes"
	}
	return fmt.Sprintf("%s gives %s, but here it is taken for %s", name, kindOf(want[last]), kindOf(have[last])), "compare values of the same type"
}

// plainNames writes the rules that a message names as rules do.
func plainNames(message string) string { return rulePath().ReplaceAllString(message, "") }

var rulePath = lazy.Regexp(`\bdata\.(lists\.[a-z0-9_]+\.)?`)

// undefined says that an object has no such key. The object is the elder as a whole, or another
// whose keys OPA knows.
func (l *loader) undefined(d *policy.Diagnostic, detail *ast.RefErrInvalidDetail) {
	name := strings.Trim(detail.Ref[detail.Pos].String(), `"`)
	var keys []string
	for _, key := range detail.OneOf {
		keys = append(keys, strings.Trim(key.String(), `"`))
	}
	attributes := slices.Sorted(slices.Values(l.attributes()))
	if slices.Equal(slices.Sorted(slices.Values(keys)), attributes) {
		d.Code = "unknown-attribute"
		d.Summary = fmt.Sprintf("there is no attribute %q", name)
		d.Remedy = "use an attribute of catalogs/attributes.yaml" + didYouMean(name, attributes)
		return
	}
	d.Summary = fmt.Sprintf("%s has no %q", short(detail.Ref[:detail.Pos]), name)
	d.Remedy = "name a key that it has" + didYouMean(name, keys)
}

// kindOf returns what values of a type are.
func kindOf(t types.Type) string {
	switch t := t.(type) {
	case types.Null:
		return "null"
	case types.Boolean:
		return kinds[policy.Boolean]
	case types.Number:
		return kinds[policy.Integer]
	case types.String:
		return kinds[policy.Enum]
	case *types.Array:
		return "an array"
	case *types.Set:
		return "a set"
	case *types.Object:
		return "an object"
	case *types.Function:
		return "a function"
	case *types.NamedType:
		return kindOf(t.Type)
	case types.Any:
		one := map[string]bool{}
		for _, of := range t {
			one[kindOf(of)] = true
		}
		if len(one) > 0 {
			return strings.Join(slices.Sorted(maps.Keys(one)), " or ")
		}
	}
	return "anything"
}

func kindsOf(all []types.Type) string {
	said := make([]string, len(all))
	for i, t := range all {
		said[i] = kindOf(t)
	}
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, " and ")
}

// wording is our form of something that OPA says.
type wording struct {
	opa             *regexp.Regexp
	summary, remedy string
}

// wordings are tried in order.
var wordings = sync.OnceValue(func() []wording {
	var all []wording
	for _, w := range [][3]string{
		// These cannot be parsed.
		{`^empty module$`, "the file is empty", "write its package and rules, or remove the file"},
		{`^package expected$`, "the file does not begin with its package", "write the package first"},
		{`^unexpected package$`, "the file has a second package", "put it into a file of its own"},
		{`non-terminated (set|object)`, "the $1 is not closed, or two of its elements have no comma between them", "close it with }, and separate elements by commas"},
		{`non-terminated string`, "the text is not closed", "close the quotes"},
		{`non-terminated expression`, "the parenthesis is not closed", "close it with )"},
		{`^unexpected eof token`, "the file ends in the middle of a rule", "close what is open: }, ) or ]"},
		{`expected "," or "(.)"`, "there is neither a comma nor $1", "separate elements by commas, and close with $1"},
		{`expected \\n or ; or }`, "two conditions stand on one line", "put each condition on a line of its own, and close the body with }"},
		{`^unexpected } token`, "a } closes nothing, or what stands before it is not finished", "remove it, or finish what stands before it"},
		{`keyword is required before rule body`, "there is no if between the head of a rule and its body", "write name if { … }"},
		{`keyword is required for partial set rules`, "this is not a rule", "write name if { … }, or name contains value if { … }"},
		{`cannot be used for rule name`, "this is not a rule", "write name := value, or name if { … }; a condition belongs inside the braces of a rule"},
		{`^else keyword cannot be used on`, "a set has no else", "write a rule of its own for the other case"},
		{`illegal default rule`, "a default must be a constant", "write a number, a text, true, false, or an array, object or set of these"},
		{`^unexpected import path, must begin .* got: (\S+)`, "nothing can be imported from $1", "import data.elder, data.grant or data.parameters"},
		{`^illegal token$|illegal escape sequence`, "this character has no meaning here", "remove it; put texts in double quotes, and write a backslash in a text twice"},
		{`without leading zero`, "a number must not begin with 0", "remove the 0"},
		{`^invalid annotation scope '(.*)'`, "METADATA has no scope $1", "write scope: rule, document, package or subpackages, or leave it out"},
		{`^annotation scope '(.*)' must be applied to (\w+)`, "METADATA of scope $1 must stand above a $2", "move it, or change its scope"},
		{`^yaml: `, "the METADATA is not YAML", "write # key: value, and quote a text that YAML could read differently"},
		{`^unexpected (.+?) (?:token|keyword)(?:: (.*))?$`, `"$1" cannot stand here`, "write it as the rules of the other lists are written"},
		// These mean nothing.
		{`^import (data\.parameters(?: as \S+)?) unused$`, "import $1 is not used", "use a parameter for the figures of the rules, or remove the import"},
		{`^import (\S+) unused$|^import (\S+ as \S+) unused$`, "import $1$2 is not used", "remove it"},
		{`^(?:assigned|declared) var (\S+) unused$`, "the variable $1 is not used", "remove it, or write _ in its place"},
		{`^unused argument (\S+)\.`, "the argument $1 is not used", "write _ in its place"},
		{`^var (\S+) (?:referenced|assigned|declared) (?:above|before)$|^arg (\S+) redeclared$`, "the variable $1$2 is already defined", "take another name"},
		{`^args must not shadow (\S+)`, "no argument may be called $1", "take another name"},
		{`^cannot assign vars inside`, "a negated expression gives no variable a value", "assign it on a line before"},
		{`^cannot assign to (.*)$`, "nothing can be assigned to a $1", "assign to a variable, or compare with =="},
		{`^function (\S+) has arity (\d+), got (\d+) arguments?$`, "$1 is given $3 arguments, but takes $2", "give it what it takes"},
		{`^undefined function (\S+)$`, "there is no function $1 that rules may call", "call a pure builtin of OPA, or a function of a shared module"},
		{`^rule (\S+) (?:is|may be) recursive: (.*)$`, "$1 depends on itself: $2", "define it without itself"},
		{`^conflicting rules (\S+) found$`, "$1 is defined in two ways: as a value, a set or a function", "give one of them another name"},
		{`^rule (\S+) conflicts with`, "$1 is a rule, and so is a part of it", "give one of them another name"},
		{`^(\S+) used as value$`, "$1 gives no value", "write it as a condition"},
		{`^called function (\S+) shadowed$`, "a variable has the name of the function $1", "give the variable another name"},
		{`^oversized$`, "a value of this rule holds others too many times", "let values hold fewer others, each only once"},
		{`^expression is unsafe$`, "a variable of this condition never gets a value", "assign it with := before, or write some x in …"},
	} {
		all = append(all, wording{regexp.MustCompile(w[0]), w[1], w[2]})
	}
	return all
})

var unsafeVariable = lazy.Regexp(`^var (\S+) is (?:unsafe|undeclared)`)

// inOurWords returns the meaning of OPA's message in our words, and the remedy.
func (l *loader) inOurWords(message string) (summary, remedy string) {
	if !strings.HasPrefix(message, "import ") {
		message = plainNames(message)
	}
	if m := unsafeVariable().FindStringSubmatch(message); m != nil {
		return m[1] + " has no value", l.valueFor(m[1])
	}
	for _, w := range wordings() {
		if match := w.opa.FindStringSubmatchIndex(message); match != nil {
			expand := func(text string) string { return string(w.opa.ExpandString(nil, text, message, match)) }
			return expand(w.summary), expand(w.remedy)
		}
	}
	return "OPA refuses this: " + message, "see the policy reference of OPA"
}

// valueFor returns the remedy for a variable that gets no value.
func (l *loader) valueFor(name string) string {
	for _, m := range l.shared {
		if dotted(m.Package.Path) == name {
			return "write import data." + name + " at the top of the file"
		}
	}
	return "assign it with :=, or correct its spelling"
}
