# METADATA
# title: 虚省助浴办法（虚构）
package lists.xusheng_baths

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 助浴服务
# custom:
#   item: 附1
grants contains grant.promise("bathing-help", {"baths_per_month": p.baths}) if {
	elder.is_elder
	elder.unable
	input.months_registered >= p.bath_months
}
