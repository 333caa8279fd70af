# METADATA
# title: 虚国清单的互相矛盾的信息（虚构）
package contradictions.xuguo

# METADATA
# title: 落户月数与年龄
# description: Nobody is registered for longer than since birth; a year of age has twelve months.
# scope: document
contradictions contains "months_registered says more than age does" if {
	input.age < 60
	input.months_registered >= 720
}

contradictions contains "income_monthly_cny says that there is income, and homeless that there is no livelihood" if {
	input.homeless
	input.income_monthly_cny > 0
}
