# METADATA
# title: 获嘉县基本养老服务清单
package lists.huojia

import data.grant
import data.parameters as p

# METADATA
# title: 免费享受公共文化服务
# custom:
#   item: "20"
grants contains grant.promise("public-culture-access", {
	"culture_discount_percent": p.culture_discount_percent,
	"state_scenic_discount_percent": p.state_scenic_discount_percent,
}) if {
	input.age >= p.public_culture_age
	input.local_hukou
}
