//! Spreadsheets that an office might hand in. Everybody in them is invented.

/// Two households and two rows that are to be mended: a grid that is none, and no head.
pub const WRONG: &str = "户号,户主,住址,门牌,网格编码\n\
    Y001,冯例八,下盘石村3组,31号,6106211032032007\n\
    Y002,呼样七,下盘石村前沟西边第二排院子,32号,6106211032039999\n\
    Y003,,下盘石村后沟,33号,6106211032032007\n";

/// The same, mended.
pub const MENDED: &str = "户号,户主,住址,门牌,网格编码\n\
    Y001,冯例八,下盘石村3组,31号,6106211032032007\n\
    Y002,呼样七,下盘石村前沟西边第二排院子,32号,6106211032032007\n\
    Y003,张试三,下盘石村后沟,33号,6106211032032007\n";
