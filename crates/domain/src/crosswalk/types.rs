//! The types of tables B and C by the names the code has for them; their words stand in the data.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

const TABLE_B: &str = include_str!("../../../../assets/code-tables/table-b.json");
const TABLE_C: &str = include_str!("../../../../assets/code-tables/table-c.json");

/// An enum whose variants are the rows of one table, each with its code.
macro_rules! types {
    (
        $(#[$about:meta])*
        $name:ident, $count:literal {
            $( $(#[$word:meta])* $variant:ident = $code:literal, )+
        }
    ) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum $name {
            $( $(#[$word])* #[serde(rename = $code)] $variant, )+
        }

        impl $name {
            /// Every type, in the order of the official table.
            pub const ALL: [Self; $count] = [$( Self::$variant, )+];

            /// The code in the data. The numbers are ours: the official tables have none.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $( Self::$variant => $code, )+
                }
            }

            /// The type with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.code() == code)
            }
        }
    };
}

types! {
    /// Table B: people's mediation as the justice administration counts it, 18 types.
    TypeB, 18 {
        /// 婚姻家庭
        Family = "B01",
        /// 邻里
        Neighbours = "B02",
        /// 房屋宅基地
        Houses = "B03",
        /// 合同
        Contract = "B04",
        /// 生产经营
        Business = "B05",
        /// 损害赔偿
        Damages = "B06",
        /// 山林土地
        Land = "B07",
        /// 征地拆迁
        Expropriation = "B08",
        /// 环境污染
        Pollution = "B09",
        /// 拖欠农民工工资
        MigrantWages = "B10",
        /// 其他劳动争议
        OtherLabour = "B11",
        /// 旅游
        Travel = "B12",
        /// 电子商务
        OnlineTrade = "B13",
        /// 其他消费
        OtherConsumption = "B14",
        /// 医疗
        Medical = "B15",
        /// 道路交通事故
        Traffic = "B16",
        /// 物业
        PropertyManagement = "B17",
        /// 其他
        Other = "B18",
    }
}

types! {
    /// The older version of table B, 15 types: one for labour and one for consumption.
    OlderB, 15 {
        /// 婚姻家庭
        Family = "B01",
        /// 邻里
        Neighbours = "B02",
        /// 房屋宅基地
        Houses = "B03",
        /// 合同
        Contract = "B04",
        /// 生产经营
        Business = "B05",
        /// 损害赔偿
        Damages = "B06",
        /// 山林土地
        Land = "B07",
        /// 征地拆迁
        Expropriation = "B08",
        /// 环境污染
        Pollution = "B09",
        /// 劳动争议
        Labour = "B10-11",
        /// 消费
        Consumption = "B12-14",
        /// 医疗
        Medical = "B15",
        /// 道路交通事故
        Traffic = "B16",
        /// 物业
        PropertyManagement = "B17",
        /// 其他
        Other = "B18",
    }
}

types! {
    /// Table C: the monthly form of the 综治 side, 19 rows.
    TypeC, 19 {
        /// 民族宗教
        Religion = "C01",
        /// 军转干部、复退军人安置
        Veterans = "C02",
        /// 征地拆迁安置
        Expropriation = "C03",
        /// 建筑工程质量、物业管理
        Construction = "C04",
        /// 土地矿产山林水利界限权属
        Ownership = "C05",
        /// 经济活动
        Economy = "C06",
        /// 劳资
        Labour = "C07",
        /// 企业改制
        Restructuring = "C08",
        /// 环境污染、生态破坏
        Pollution = "C09",
        /// 司法活动
        Justice = "C10",
        /// 行政执法活动
        Enforcement = "C11",
        /// 大中专院校、中小学校
        Schools = "C12",
        /// 海事渔事
        Maritime = "C13",
        /// 干部作风
        Cadres = "C14",
        /// 村务管理
        VillageAffairs = "C15",
        /// 农村土地承包、集体“三资”、农民负担
        ContractedLand = "C16",
        /// 婚姻家庭邻里等民间纠纷
        Family = "C17",
        /// 医患
        Medical = "C18",
        /// 其他
        Other = "C19",
    }
}

#[derive(Debug, Deserialize)]
struct RowB {
    code: TypeB,
    label: String,
    older: OlderB,
}

#[derive(Debug, Deserialize)]
struct Row<T> {
    code: T,
    label: String,
}

#[derive(Debug, Deserialize)]
struct TableB {
    types: Vec<RowB>,
    older: Vec<Row<OlderB>>,
}

#[derive(Debug, Deserialize)]
struct TableC {
    types: Vec<Row<TypeC>>,
}

/// Tests prove that both files can be read and are complete; nothing is found only where they are
/// not, and then a code is printed for the word.
static B: LazyLock<Option<TableB>> = LazyLock::new(|| serde_json::from_str(TABLE_B).ok());
static C: LazyLock<Option<TableC>> = LazyLock::new(|| serde_json::from_str(TABLE_C).ok());

impl TypeB {
    fn row(self) -> Option<&'static RowB> {
        B.as_ref()?.types.iter().find(|row| row.code == self)
    }

    /// The word of the official table.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().map_or(self.code(), |row| &row.label)
    }

    /// The type of the older version that it was a part of.
    #[must_use]
    pub fn older(self) -> OlderB {
        self.row().map_or(OlderB::Other, |row| row.older)
    }
}

impl OlderB {
    /// The word of the official table.
    #[must_use]
    pub fn label(self) -> &'static str {
        let find = |table: &'static TableB| table.older.iter().find(|row| row.code == self);
        B.as_ref().and_then(find).map_or(self.code(), |row| &row.label)
    }
}

impl TypeC {
    /// The words of the official form.
    #[must_use]
    pub fn label(self) -> &'static str {
        let find = |table: &'static TableC| table.types.iter().find(|row| row.code == self);
        C.as_ref().and_then(find).map_or(self.code(), |row| &row.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_name_every_type_once_in_the_order_of_the_code() {
        let b = B.as_ref().unwrap();
        assert!(b.types.iter().map(|row| row.code).eq(TypeB::ALL));
        assert!(b.older.iter().map(|row| row.code).eq(OlderB::ALL));
        assert!(C.as_ref().unwrap().types.iter().map(|row| row.code).eq(TypeC::ALL));
    }

    #[test]
    fn a_code_finds_its_type_again() {
        for one in TypeB::ALL {
            assert_eq!(TypeB::from_code(one.code()), Some(one));
            assert_eq!(serde_json::to_value(one).unwrap(), one.code());
        }
        assert_eq!(OlderB::from_code("B10-11"), Some(OlderB::Labour));
        assert_eq!(TypeC::from_code("C20"), None);
    }

    #[test]
    fn the_words_are_those_of_the_official_tables() {
        assert_eq!(TypeB::ALL.map(TypeB::label).join(" "), WORDS_B);
        assert_eq!(OlderB::ALL.map(OlderB::label).join(" "), WORDS_OLDER_B);
        assert_eq!(TypeC::ALL.map(TypeC::label).join(" "), WORDS_C);
    }

    const WORDS_B: &str = "婚姻家庭 邻里 房屋宅基地 合同 生产经营 损害赔偿 山林土地 征地拆迁 \
        环境污染 拖欠农民工工资 其他劳动争议 旅游 电子商务 其他消费 医疗 道路交通事故 物业 其他";

    /// The order of the monthly reports of 2016.
    const WORDS_OLDER_B: &str = "婚姻家庭 邻里 房屋宅基地 合同 生产经营 损害赔偿 山林土地 征地拆迁 \
        环境污染 劳动争议 消费 医疗 道路交通事故 物业 其他";

    const WORDS_C: &str = "民族宗教 军转干部、复退军人安置 征地拆迁安置 建筑工程质量、物业管理 \
        土地矿产山林水利界限权属 经济活动 劳资 企业改制 环境污染、生态破坏 司法活动 行政执法活动 \
        大中专院校、中小学校 海事渔事 干部作风 村务管理 农村土地承包、集体“三资”、农民负担 \
        婚姻家庭邻里等民间纠纷 医患 其他";

    #[test]
    fn the_older_version_joins_labour_and_consumption_and_nothing_else() {
        use TypeB::{MigrantWages, OnlineTrade, OtherConsumption, OtherLabour, Travel};
        for one in TypeB::ALL {
            let older = match one {
                MigrantWages | OtherLabour => OlderB::Labour,
                Travel | OnlineTrade | OtherConsumption => OlderB::Consumption,
                same => OlderB::from_code(same.code()).unwrap(),
            };
            assert_eq!(one.older(), older, "{one:?}");
        }
    }
}
