package main

// Example runs the program and holds it to what it prints.
func Example() {
	main()
	// Output:
	// 6 旅游服务 [推进全县基本养老服务体系建设实施方案 附件 6]
	//    culture_discount_percent exactly 100
	//    other_scenic_discount_percent exactly 100
	//    state_scenic_discount_percent exactly 100
	// 7 社区居家照料服务 [推进全县基本养老服务体系建设实施方案 附件 7 推进全县基本养老服务体系建设实施方案 重点工作 5]
	// 9 老年人综合能力评估 [推进全县基本养老服务体系建设实施方案 附件 9 推进全县基本养老服务体系建设实施方案 重点工作 2]
	// 10 健康管理 [推进全县基本养老服务体系建设实施方案 附件 10]
	//    checkups_per_year exactly 1
	// 11 城市公共交通优惠服务 [推进全县基本养老服务体系建设实施方案 附件 11]
	//    bus_discount_percent exactly 100
	// 12 高龄津贴 [推进全县基本养老服务体系建设实施方案 附件 12 推进全县基本养老服务体系建设实施方案 重点工作 3]
	//    monthly_cny is open
	// 13 百岁补贴 [推进全县基本养老服务体系建设实施方案 附件 13 推进全县基本养老服务体系建设实施方案 重点工作 3]
	//    monthly_cny at_least 300
	// a month: at_least 300 yuan
}
