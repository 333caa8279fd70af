package synth

import (
	"fmt"
	"strings"

	"github.com/basic-eldercare/eldercare/policy"
)

// mistake is a cell as a clerk may write it who hurries: another form that is read all the same, a
// blank in words, or what nobody can read. It may come out as it was.
func (r *Register) mistake(f *field, text string) string {
	if f.what == anID {
		return "SYN00000001" // the id of the first
	}
	if f.what == aTownship || text == "" && f.drawn() && r.one(2) {
		return text
	}
	if text == "" { // what is asked of others only
		return r.of(f.words...)
	}
	switch r.random.IntN(6) {
	case 0:
		return wide(text)
	case 1:
		return r.of(" "+text, text+" ", "　"+text, text+"\u00a0")
	case 2:
		return r.of("不详", "N/A", "/", "未知", "？")
	}
	switch f.what {
	case aBirthDate:
		return r.date(text)
	case anIDNumber:
		return r.idNumber(text)
	case aCode:
		return r.of(text[:4], "00"+text[2:], text+"0", "本县")
	}
	return r.value(f, text)
}

// one reports true once in n times.
func (r *Register) one(n int) bool { return r.random.IntN(n) == 0 }

func (r *Register) of(texts ...string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[r.random.IntN(len(texts))]
}

// wide is a text in full-width letters and digits.
func wide(text string) string {
	return strings.Map(func(c rune) rune {
		if '!' <= c && c <= '~' {
			return c + '！' - '!'
		}
		return c
	}, text)
}

// date is a day in another form, or one that is none.
func (r *Register) date(text string) string {
	var y, m, d int
	_, _ = fmt.Sscanf(text, "%d-%d-%d", &y, &m, &d) // it is one
	return r.of(
		fmt.Sprintf("%d/%d/%d", y, m, d), fmt.Sprintf("%d.%d.%d", y, m, d), fmt.Sprintf("%d%02d%02d", y, m, d), fmt.Sprintf("%d年%d月%d日", y, m, d),
		fmt.Sprintf("%d-02-30", y), fmt.Sprintf("%d-13-%02d", y, d), fmt.Sprintf("%d-%d-%d", y%100, m, d), fmt.Sprintf("%d.%d", y, m),
		fmt.Sprint("农历", text), fmt.Sprintf("%d-%02d-%02d", y+100, m, d), fmt.Sprintf("%d/%d/%d", m, d, y),
	)
}

// idNumber is one with a small x, without its end, as a spreadsheet cut it, or with a slip.
func (r *Register) idNumber(text string) string {
	slip := []byte(text)
	slip[16] = '0' + (slip[16]-'0'+1)%10
	return r.of(strings.ToLower(text), text[:17], text[:15]+"000", string(slip), text[:6]+" "+text[6:14]+" "+text[14:])
}

// value is another word for the value of an attribute, or one that is none.
func (r *Register) value(f *field, text string) string {
	a := r.drawer.space.Axes[f.axis].Attribute
	switch a.Type {
	case policy.Boolean:
		if text == "是" {
			return r.of("√", "有", "Y", "1", a.Label, "○", "可能", "是否")
		}
		return r.of("×", "无", "N", "0", "不"+a.Label, "○", "可能", "是否")
	case policy.Integer:
		return r.of(text+a.Unit, text+"多", text+".0", text+".5", "-"+text, "999999", "约"+text)
	}
	for _, v := range a.Values {
		if v.Label == text && len(v.Aliases) > 0 && r.one(2) {
			return r.of(v.Aliases...)
		}
	}
	return r.of("其他", "不能自理", text+text, "待定")
}
