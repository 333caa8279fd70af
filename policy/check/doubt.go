package check

import "github.com/basic-eldercare/eldercare/policy/words"

// Doubt says in words why a finding is not certain: what is not known, or which assumption it rests
// on. Less says that the finding is about elders who may have less, and otherwise they may have
// more. Doubt is empty for a finding that somebody loses.
func (f Finding) Doubt(style words.Style, less bool) string {
	chinese := style == words.Chinese
	switch {
	case f.Kind == Assumed && chinese && less:
		return "没有人减少，前提是如目录所称不存在这样的人：" + f.Assumes
	case f.Kind == Assumed && chinese:
		return "没有人增加，前提是如目录所称不存在这样的人：" + f.Assumes
	case f.Kind == Assumed && less:
		return "nobody has less, but only because a folder declares that no such elder exists: " + f.Assumes
	case f.Kind == Assumed:
		return "nobody has more, but only because a folder declares that no such elder exists: " + f.Assumes
	case f.Kind == Disagreement && chinese:
		return "判定表与规则引擎对此人结论不一，属本程序缺陷，请连同例子报告"
	case f.Kind == Unanswered && chinese:
		return "规则引擎对此人无法求值：" + f.Note
	case f.Kind.Known():
		return ""
	}
	return f.Note
}
