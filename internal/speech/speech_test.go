package speech_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/basic-eldercare/eldercare/internal/effort"
	"github.com/basic-eldercare/eldercare/internal/speech"
	"github.com/basic-eldercare/eldercare/policy/words"
)

func TestSentence(t *testing.T) {
	for _, tt := range []struct{ note, english, chinese string }{
		{"a text", "there are no lists", "没有清单"},
		{"a format", `unknown command "chekc"; did you mean "check"?`, `没有命令 "chekc"；是不是 "check"？`},
		{"values in another order", "operand 2 of count must be array, but is number", "count 的第 2 个参数须为 array，但为 number"},
		{"a sentence as a value", "x.yaml must be text, not a number", "x.yaml 须为文字，不能为数字"},
		{"two sentences", "there are no lists; add catalogs/<jurisdiction>.yaml", "没有清单；请添加 catalogs/<jurisdiction>.yaml"},
		{"an error that is wrapped", "reg.csv: --by: the column \"乡镇\" names single elders: take one that many share", "reg.csv：--by：列 \"乡镇\" 是每人一个值；请用多人相同的列"},
		{"errors that are joined", "the clock is nil\nan option is nil", "时钟为空\n选项为空"},
		{"a code behind it", "age: must be true or false [wrong-type]", "age：须为 true 或 false [wrong-type]"},
		{"nothing between two values", `no such attribute; did you mean "age"?`, `没有这个属性；是不是 "age"？`},
		{"an empty value", "no such attribute", "没有这个属性"},
		{"a value that reads like a message", `unknown unit "there are no lists"`, `没有单位 "there are no lists"`},
		{"an id that is a word of the catalogue", `reason is already an attribute`, `reason 已是属性`},
		{"a file that is not opened", "open 名册.csv: quux", "open 名册.csv: quux"},
		{"not between words", "no such attribute: age not quux", "没有这个属性：age not quux"},
		{"a path of words", "open Documents and Settings/reg.csv: no such file or directory", "没有文件 Documents and Settings/reg.csv"},
		{"a folder of words", "open Documents and Settings: permission denied", "没有权限打开 Documents and Settings"},
		{"a path before an error", "Documents and Settings/reg.csv: there are no lists", "Documents and Settings/reg.csv：没有清单"},
		{"a file before an error", "Rich or Poor.csv: there are no lists", "Rich or Poor.csv：没有清单"},
		{"values in quotes", `ignored, as their meaning is unknown: "age and sex", "x must be text", "there are no lists"; name it with --map`,
			`以下列含义不明，未使用："age and sex", "x must be text", "there are no lists"；请用 --map 写明`},
		{"one or another", `must be "a" or "b"`, `须为 "a"或"b"`},
		{"a condition", "age ≥ 80.5 and disabled: there are no lists", "age ≥ 80.5和disabled：没有清单"},
		{"what nobody knows", "quux frobs the baz", "quux frobs the baz"},
		{"Chinese", "已是中文", "已是中文"},
		{"nothing", "", ""},
	} {
		t.Run(tt.note, func(t *testing.T) {
			if got := speech.Sentence(words.Chinese, tt.english); got != tt.chinese {
				t.Errorf("%q:\n%s, want\n%s", tt.english, got, tt.chinese)
			}
			if got := speech.Sentence(words.English, tt.english); got != tt.english {
				t.Errorf("in English: %s", got)
			}
		})
	}
}

func TestSprintf(t *testing.T) {
	if got, want := speech.Sprintf(words.Chinese, "%d of %d reached, %d %%", 1, 2, 50), "共 2 项，已覆盖 1 项，50 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := speech.Sprintf(words.English, "%d of %d reached, %d %%", 1, 2, 50), "1 of 2 reached, 50 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := speech.Sprintf(words.Chinese, "not there: %s", "x"), "not there: x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A long text with many marks comes to an end: tried whole, it would take hours.
func TestLongText(t *testing.T) {
	for _, size := range []int{effort.Of(1000, 1000, 4000), 256 << 10} {
		for _, piece := range []string{"a, ", "a, b; ", "x is y, and z: ", "%s; did you mean ", "or not and ", "\", ", "of 1 to "} {
			if speech.Sentence(words.Chinese, strings.Repeat(piece, size/len(piece))) == "" {
				t.Errorf("%d bytes of %q are lost", size, piece)
			}
		}
	}
}

// A sentence about a long value is recognised, and each of many lines.
func TestLongValue(t *testing.T) {
	long := strings.Repeat("a, ", 256<<10/3)
	if got, want := speech.Sentence(words.Chinese, `unknown unit "`+long+`"`), `没有单位 "`+long+`"`; got != want {
		t.Errorf("%d bytes, want %d: %.40s", len(got), len(want), got)
	}
	lines := strings.Repeat("there are no lists\n", 300)
	if got, want := speech.Sentence(words.Chinese, lines), strings.Repeat("没有清单\n", 300); got != want {
		t.Errorf("%.200s, want %.200s", got, want)
	}
}

// Each sentence is its own, though some are kept.
func TestRepeated(t *testing.T) {
	said := speech.Repeated(words.Chinese)
	for i := range 6000 {
		unit := i % 2000 // more than are kept
		if got, want := said(fmt.Sprintf(`unknown unit "%d"`, unit)), fmt.Sprintf(`没有单位 "%d"`, unit); got != want {
			t.Fatalf("%d: %s, want %s", i, got, want)
		}
	}
}
