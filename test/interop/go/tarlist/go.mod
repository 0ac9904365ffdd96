module slipway.test/tarlist

go 1.26.0
