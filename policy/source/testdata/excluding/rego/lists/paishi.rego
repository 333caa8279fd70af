# METADATA
# title: 虚构的市级清单
package lists.paishi

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 护理补贴
# custom:
#   item: "2"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_monthly}) if {
	elder.unable
	elder.is_elder
	input.local_hukou
}

# METADATA
# title: 护理补贴
# custom:
#   item: "2"
grants contains grant.promise("nursing-subsidy", {"monthly_cny": p.nursing_monthly}) if {
	elder.unable
	elder.is_elder
	not input.living_alone
}

# METADATA
# title: 适老化改造
# custom:
#   item: "7"
grants contains grant.promise("home-adaptation", {}) if {
	elder.is_elder
}
