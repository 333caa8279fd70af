package lists.huojia_baths

import data.elder
import data.grant
import data.parameters as p

# METADATA
# title: 助浴服务
# custom:
#   item: 附1
grants contains grant.promise("bathing-help", {"baths_per_month": p.baths_monthly}) if {
	elder.is_elder
	donor_or_firefighter
}

donor_or_firefighter if input.blood_donor

donor_or_firefighter if input.contributor == "firefighter"
