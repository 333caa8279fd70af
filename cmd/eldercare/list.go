package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/basic-eldercare/eldercare"
	"github.com/basic-eldercare/eldercare/policy"
	"github.com/basic-eldercare/eldercare/policy/words"
)

type listOptions struct {
	*common
	jurisdiction string
	effective    bool
	readings     bool
}

func listCommand(c *common) *cobra.Command {
	o := &listOptions{common: c}
	cmd := &cobra.Command{
		Use:   "list [-j ID]",
		Short: "Show the jurisdictions, or the list of one",
		Long: `List shows the jurisdictions that have a list. With -j it shows the services of
one: what each promises, where the text says so, and how the text is read where
it is ambiguous. With --effective it shows what residents are owed. That
includes what lists above promise beyond the jurisdiction's own list.`,
		Example: `  eldercare list
  eldercare list -j shuozhou --readings
  eldercare list -j huojia --effective --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context()) },
	}
	o.flags(cmd, "table", "json")
	cmd.Flags().StringVarP(&o.jurisdiction, "jurisdiction", "j", "", "`id` of the jurisdiction")
	cmd.Flags().BoolVar(&o.effective, "effective", false, "show what residents are owed, by this list and those above it")
	cmd.Flags().BoolVar(&o.readings, "readings", false, "show in full how ambiguous places are read")
	return cmd
}

func (o *listOptions) run(ctx context.Context) error {
	if o.jurisdiction == "" {
		if o.effective || o.readings {
			return errors.New("--effective and --readings need a jurisdiction: name one with -j")
		}
		return o.jurisdictions(ctx)
	}
	engine, err := o.load(ctx, o.jurisdiction)
	if err != nil {
		return err
	}
	rules, err := engine.Rules(ctx, o.jurisdiction, o.day(engine))
	if err != nil {
		return err
	}
	return o.services(engine, rules)
}

func (o *listOptions) jurisdictions(ctx context.Context) error {
	engine, err := o.load(ctx)
	if err != nil {
		return err
	}
	all := engine.Listings(o.day(engine))
	if o.format.value == "json" {
		return printJSON(o.stdout, all)
	}
	return o.jurisdictionTable(all)
}

func (o *listOptions) jurisdictionTable(all []policy.Listing) error {
	p := newPage(o.stdout)
	columns := []column{
		{title: "标识", flexible: true}, {title: "代码"}, {title: "名称", flexible: true}, {title: "级别"}, {title: "上级", flexible: true},
		{title: "文件", flexible: true}, {title: "生效"}, {title: "依据"}, {title: "项"},
	}
	var rows [][]string
	assumed, later := false, false
	for _, l := range all {
		from := l.EffectiveFrom.String()
		if l.Assumed != "" {
			from += "*"
			assumed = true
		}
		if !l.InForce {
			from += "†"
			later = true
		}
		rows = append(rows, []string{
			l.ID, l.Code, l.Name, words.Level(l.Level, words.Chinese), l.Parent, l.Document, from,
			words.Basis(l.Basis, words.Chinese), strconv.Itoa(l.Items),
		})
	}
	p.table(columns, rows)
	if assumed {
		p.line("* ", faint, "文件没有写明生效日期，系假定")
	}
	if later {
		p.line("† ", faint, "所问之日尚未生效")
	}
	return p.out.Flush()
}

// services prints the services of one jurisdiction.
func (o *listOptions) services(engine *eldercare.Engine, rules *eldercare.Ruleset) error {
	offers := rules.DeclaredOffers()
	if o.effective {
		offers = rules.EffectiveOffers()
	}
	if o.format.value == "json" {
		return printJSON(o.stdout, offers)
	}
	p := &listPage{page: newPage(o.stdout), lexicon: newLexicon(engine, rules), readings: o.readings, effective: o.effective}
	p.heading(policy.NewListing(p.chain[0], rules.On), p.chain[0].Document.Note)
	for i := range offers {
		p.offer(&offers[i])
	}
	return p.out.Flush()
}

// listPage writes a list for people to read.
type listPage struct {
	*page
	lexicon
	readings  bool // in full
	effective bool
}

func (p *listPage) heading(l policy.Listing, note string) {
	p.line("", title, fmt.Sprintf("%s  %s  %s  %s", l.Name, words.Level(l.Level, words.Chinese), l.ID, l.Code))
	p.line("文件 ", plain, l.Title)
	if l.Document != l.Title {
		p.line("文号 ", plain, l.Document)
	}
	from := l.EffectiveFrom.String()
	if l.Assumed != "" {
		from += "（假定：" + l.Assumed + "）"
	}
	p.line("生效 ", plain, from)
	basis := words.Basis(l.Basis, words.Chinese)
	if l.Basis == policy.Reconstructed {
		basis += "（原文未取得，按下级清单推定）"
	}
	p.line("依据 ", plain, basis)
	if note != "" {
		p.line("说明 ", plain, note)
	}
	if l.Parent != "" {
		p.line("上级 ", plain, p.list(l.Parent).Jurisdiction.Name)
	}
	counts := fmt.Sprintf("%d 项，%d 个服务", l.Items, l.Services)
	if p.effective {
		counts += "；以下是居民应得的，含上级清单更好的部分"
	}
	p.line("清单 ", plain, counts)
}

func (p *listPage) offer(f *eldercare.Offer) {
	p.gap()
	p.line(padLeft(f.Item, 4)+" ", strong, fmt.Sprintf("%s  %s%s", f.Name, f.Service, p.from(f.List)))
	const lead = "     "
	about := []string{f.Type}
	about = append(about, f.Departments...)
	if access := words.Access(f.Access, words.Chinese); access != "" {
		about = append(about, access)
	}
	p.flow(lead, plain, about, "  ")
	p.line(lead+"对象 ", plain, f.Group)
	if f.Spending != "" {
		p.line(lead+"支出 ", plain, f.Spending)
	}
	if len(f.Promises)+len(f.Bundles) > 0 || !f.Opaque {
		p.promised(lead+"待遇 ", f.Promises, f.Bundles)
	}
	if f.Discretionary != nil {
		p.promised(lead+"可扩大 ", f.Discretionary, f.DiscretionaryBundles)
	}
	if f.Opaque {
		p.line(lead, warning, "有规则由 OPA 直接判定，此处不能列出其待遇")
	}
	p.line(lead+"依据 ", faint, words.Citations(f.Citations, words.Chinese))
	p.reading(lead, f.Readings)
}

// promised writes what a service promises, each measure on a line, and each bundle of linked
// measures on one.
func (p *listPage) promised(lead string, promises map[string][]policy.Promise, bundles []policy.Bundle) {
	if len(promises)+len(bundles) == 0 {
		p.line(lead, plain, "提供服务")
	}
	for _, m := range p.catalog.Vocabulary.Measures {
		var parts []string
		for i, promise := range promises[m.Name] {
			text := words.Promise(m, promise, words.Chinese, p.parameter)
			if i > 0 {
				text = words.Figure(promise, m.Unit, words.Chinese, p.parameter)
			}
			parts = append(parts, text+p.from(promise.List))
		}
		if len(parts) > 0 {
			p.flow(lead, plain, parts, "，或")
			lead = strings.Repeat(" ", displayWidth(lead))
		}
	}
	if len(bundles) > 0 {
		p.line(lead, plain, p.bundles(bundles))
	}
}

func (p *listPage) reading(lead string, readings []eldercare.OfferReading) {
	if len(readings) > 0 && !p.readings {
		p.line(lead, faint, fmt.Sprintf("※ %d 处读法，用 --readings 列出", len(readings)))
		return
	}
	for _, r := range readings {
		p.line(lead+"※ ", plain, r.Question)
		p.line(lead+"   ", plain, r.Answer)
		p.line(lead+"   理由：", plain, r.Why)
		p.line(lead+"   依据 ", faint, words.Citations(r.Citations, words.Chinese))
	}
}
