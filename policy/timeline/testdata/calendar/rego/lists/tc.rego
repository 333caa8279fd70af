package lists.tc

import data.grant
import data.parameters as p

# METADATA
# title: 默认
# custom:
#   item: "1"
grants contains grant.promise("by-default", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 当月起
# custom:
#   item: "2"
grants contains grant.promise("from-month", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 次月起
# custom:
#   item: "3"
grants contains grant.promise("from-next-month", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 当月停
# custom:
#   item: "4"
grants contains grant.promise("until-month-before", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 次月停
# custom:
#   item: "5"
grants contains grant.promise("until-month", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 再次月停
# custom:
#   item: "6"
grants contains grant.promise("until-next-month", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 当月起再次月停
# custom:
#   item: "7"
grants contains grant.promise("month-to-next-month", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 次月起当月停
# custom:
#   item: "8"
grants contains grant.promise("next-month-to-month-before", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 申请当月起
# custom:
#   item: "9"
grants contains grant.promise("on-application", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 申请次月起
# custom:
#   item: "10"
grants contains grant.promise("after-application", {"monthly_cny": p.amount}) if {
	input.age == 80
}

# METADATA
# title: 提标
# custom:
#   item: "11"
grants contains grant.promise("rising", {"monthly_cny": p.amount}) if {
	input.age >= 80
}

# METADATA
# title: 提标
# custom:
#   item: "11"
grants contains grant.promise("rising", {"monthly_cny": p.higher_amount}) if {
	input.age >= 90
}

# METADATA
# title: 百岁礼
# custom:
#   item: "12"
grants contains grant.promise("gift", {"once_cny": p.gift}) if {
	input.age >= 100
}

# METADATA
# title: 次月礼
# custom:
#   item: "13"
grants contains grant.promise("gift-next-month", {"once_cny": p.gift}) if {
	input.age >= 100
}

# METADATA
# title: 本地百岁礼
# custom:
#   item: "14"
grants contains grant.promise("gift-of-registered", {"once_cny": p.gift}) if {
	input.age >= 100
	input.local_hukou
}

# METADATA
# title: 津贴与礼金
# custom:
#   item: "15"
grants contains grant.promise("bonus", {"monthly_cny": p.amount, "once_cny": p.gift}) if {
	input.age >= 70
}

# METADATA
# title: 住院暂停
# custom:
#   item: "16"
grants contains grant.promise("paused", {"monthly_cny": p.amount}) if {
	input.age >= 60
}
