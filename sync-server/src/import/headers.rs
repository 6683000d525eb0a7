//! The headers that officials really use, column by column. A new one is added here and nowhere else.

use super::columns::Column;

/// Each column with its headers in the form of [`text::header`](super::text::header), the word on
/// screens first.
pub const HEADERS: &[(Column, &str)] = &[
    (
        Column::UnitCode,
        "单位编码 单位代码 机构编码 机构代码 组织编码 组织代码 区划代码 区划编码 \
         行政区划代码 统计用区划代码 所在单位编码 任职单位编码",
    ),
    (Column::UnitName, "单位名称 机构名称 组织名称 区划名称 行政区划名称"),
    (Column::UnitLevel, "级别 层级 单位级别 机构级别 机构类型 单位类型"),
    (Column::ParentCode, "上级编码 上级代码 上级单位编码 上级机构编码 上级区划代码 父级编码"),
    (
        Column::GridCode,
        "网格编码 网格代码 网格编号 所属网格编码 所在网格编码 所属网格代码 所属网格编号 \
         网格ID 网格号",
    ),
    (Column::GridName, "网格名称 网格名"),
    (Column::GridKind, "网格类型 网格类别 网格种类 网格性质"),
    (
        Column::VillageCode,
        "村编码 村代码 社区编码 村社区编码 村社区代码 所属村编码 所属村社区编码 \
         所属社区编码 村居编码 村级代码",
    ),
    (
        Column::Village,
        "村 社区 村社区 所属村 所属社区 所属村社区 村名 村名称 社区名称 村居 村社区名称 \
         行政村",
    ),
    (Column::Township, "乡镇 街道 乡镇街道 所属乡镇 所属街道 所属乡镇街道 镇街 乡镇名称 镇"),
    (Column::Manager, "管理单位 主管单位 行业主管部门 管理部门"),
    (Column::Police, "公安编码 公安网格编码 警务网格编码 公安网格"),
    (Column::CivilAffairs, "民政编码 民政网格编码 民政网格"),
    (Column::Petitions, "信访编码 信访网格编码 信访网格"),
    (Column::WorkerId, "工号 账号 用户编号 人员编号 网格员编号 登录名"),
    (Column::WorkerName, "姓名 网格员姓名 网格员 人员姓名 成员姓名 成员"),
    (
        Column::Phone,
        "联系电话 手机号 电话 手机 手机号码 电话号码 联系方式 移动电话 工作电话 \
         本人电话",
    ),
    (Column::Role, "任职 岗位 分工 任职岗位 角色 职责 职务"),
    (Column::Duty, "专兼职 专职兼职 类型 人员类型 队员类型 专职 身份"),
    (
        Column::From,
        "开始日期 起始日期 任职日期 上岗日期 到岗日期 任职开始日期 开始时间 起 入职日期",
    ),
    (Column::To, "结束日期 截止日期 离岗日期 任职结束日期 结束时间 止 离职日期"),
    (Column::TeamCode, "团队编码 团队编号 团队代码 队伍编码"),
    (Column::TeamName, "团队名称 团队 网格团队 队伍名称 网格团队名称"),
    (Column::VisitPlace, "坐诊地点 坐诊地址 坐诊场所 坐诊点"),
    (Column::VisitTime, "坐诊时间 开诊时间 坐诊开始时间 几点开始"),
    (Column::VisitDuty, "坐诊职责 坐诊分工 队内职责 队内分工 坐诊身份 专长"),
    (Column::HouseholdNo, "户号 户籍编号 户编号 户口号 户籍号 家庭编号"),
    (Column::Head, "户主 户主姓名 户主名称"),
    (Column::Address, "住址 家庭住址 现住址 地址 现居住地址 居住地址 详细地址 现住地址 家庭地址"),
    (Column::DoorPlate, "门牌 门牌号 门牌号码 门楼牌号 院号 房号"),
    (Column::Needs, "需要 需求 诉求 困难及诉求 备注需求"),
    (Column::MemberName, "姓名 成员姓名 家庭成员姓名 家庭成员 人口姓名"),
    (Column::Relation, "与户主关系 关系 家庭关系 成员关系 与户主关系代码 关系代码"),
    (Column::Sex, "性别 性别代码"),
    (Column::BirthYear, "出生年 出生年份 出生日期 出生年月 生日 出生年月日"),
    (Column::CitizenNumber, "身份证号 身份证 身份证号码 公民身份号码 身份证件号码 证件号码"),
];
