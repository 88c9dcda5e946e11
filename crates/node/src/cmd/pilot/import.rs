//! `ding pilot import`: recommendations of pilots with their entities and goals, out of a sheet, each
//! step its own transaction.
//!
//! A row is a goal; rows that agree in everything else are goals of one pilot. Three rounds follow each
//! other, since each needs what the one before gave: entities, recommendations, goals.
//!
//! - I1 everything is checked before the first transaction leaves: rows by themselves and against each
//!   other, then against what the ledger has and lets the signer do.
//! - I2 the ledger itself says what is there: what is the same is passed over, what differs is named. So
//!   an import that was interrupted is started again as it was.

use super::steps::entity;
use crate::{
    cmd::{
        desk::{Desk, Hand, Job},
        sheet::{self, Column, Problem, Row, Sheet, Taken, refuse},
        words::{self, Amount, word},
    },
    failure::Failure,
    text::{plural, say, say_json, table},
};
use alloy_sol_types::SolCall;
use ding_modules::{
    calendar::Day,
    ids::Province,
    members::{
        Role,
        abi::IMembers::{hasRoleCall, organisationCall, organisationOfCall},
        state::ADDRESS as MEMBERS,
    },
    personal,
    pilot::{
        State,
        abi::IPilot::{
            Proposal, addIndicatorCall, entityOfAccountCall, entityOfCall, indicatorOfCall, livePilotsCall,
            parametersCall, pilotOfCall, pilotOfZoneCall, recommendCall, registerEntityCall,
        },
        events::{self, Event},
        state::ADDRESS,
        terms::{Field, Kind, Zone, forbidden_word},
    },
};
use ding_primitives::{Address, B256, is_module_address, keccak256, limits};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf};

/// Columns of a sheet with recommendations.
const COLUMNS: &[Column] = &[
    Column { key: "kind", names: &["试点类型", "类型", "kind"], required: true },
    Column { key: "title", names: &["试点名称", "项目名称", "title"], required: true },
    Column {
        key: "code",
        names: &["统一社会信用代码", "信用代码", "uscc", "credit code", "code"],
        required: true,
    },
    Column {
        key: "entity",
        names: &["单位名称", "试点单位", "实施单位", "entity", "entity name"],
        required: true,
    },
    Column {
        key: "end-day", names: &["结束日期", "试点截止日期", "end day", "end"], required: true
    },
    Column { key: "indicator", names: &["指标", "指标名称", "indicator", "goal"], required: true },
    Column { key: "unit", names: &["单位", "计量单位", "unit"], required: true },
    Column { key: "baseline", names: &["基线", "基线值", "baseline"], required: true },
    Column { key: "target", names: &["目标", "目标值", "target"], required: true },
    Column { key: "due", names: &["完成日期", "达成日期", "due"], required: true },
    Column { key: "field", names: &["领域", "试点领域", "field"], required: false },
    Column { key: "zone", names: &["试点地区", "地区", "zone"], required: false },
    Column {
        key: "division", names: &["省份", "属地", "所属省份", "division", "province"], required: false
    },
    Column { key: "account", names: &["账户", "链上账户", "account"], required: false },
    Column { key: "alongside", names: &["允许并列", "alongside"], required: false },
];

/// Gas of a step that cannot be rehearsed because the one before it was not taken yet.
const STEP_GAS: u64 = 4_000_000;

/// Recommend pilots with their entities and goals, from a sheet.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Columns, in any order, by Chinese or English name: 试点类型 kind, 试点名称 title, 统一社会信用代码 code,\n单位名称 entity, 结束日期 end day, 指标 indicator, 单位 unit, 基线 baseline, 目标 target, 完成日期 due; and where\nthere is something to say: 领域 field (special pilots), 试点地区 zone, 省份 division, 账户 account (of an entity\nthat is not registered yet), 允许并列 alongside (yes: another live pilot of the entity in this field is meant).\n\nA row is a goal; rows that agree in everything else are goals of one pilot.\nAn import that was interrupted is started again as it was.\n\nExamples:\n  ding pilot import pilots.xlsx --key competent --material form.pdf --dry-run\n  ding pilot import pilots.csv --key competent --material form.pdf"
)]
pub(super) struct Import {
    /// The sheet, CSV in UTF-8 or XLSX.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the sheet in an XLSX file; the first if absent.
    #[arg(long)]
    sheet: Option<String>,
    /// The application material of all these pilots, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST", value_parser = words::digest)]
    material: B256,
}

/// A goal of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Goal {
    row: usize,
    name: String,
    unit: String,
    decimals: u8,
    baseline: i64,
    target: i64,
    due: Day,
}

/// What the rows of one pilot agree in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    row: usize,
    kind: Kind,
    title: String,
    code: String,
    entity: String,
    field: Option<Field>,
    zone: Option<Zone>,
    division: u8,
    end: Day,
    account: Option<Address>,
    alongside: bool,
    goals: Vec<Goal>,
    /// Its number, once it is known.
    id: Option<u32>,
    /// How many of its goals the ledger has.
    known_goals: usize,
}

impl Plan {
    /// What tells pilots of a sheet apart.
    fn key(&self) -> (String, u8, u8, String) {
        let zone = self.zone.map_or(0, Zone::number);
        (self.code.clone(), self.field.map_or(0, Field::number), zone, self.title.clone())
    }

    /// Where its entity holds it: a field, or 0 for comprehensive ones.
    fn field(&self) -> u8 {
        self.field.map_or(0, Field::number)
    }

    fn recommendation(&self, material: B256, alongside: Vec<u32>) -> recommendCall {
        let proposal = Proposal {
            kind: self.kind.number(),
            entity: entity(&self.code),
            field: self.field(),
            zone: self.zone.map_or(0, Zone::number),
            division: self.division,
            endDay: self.end.get(),
            title: self.title.clone(),
            material,
        };
        recommendCall { proposal, alongside }
    }
}

/// What was done, for the report.
#[derive(Debug, Default)]
struct Tally {
    entities: usize,
    pilots: usize,
    goals: usize,
    same: usize,
}

impl Import {
    /// Checks everything, then sends what is new.
    ///
    /// # Errors
    ///
    /// Names every row and column that cannot be taken; or what failed on the way.
    pub(super) async fn run(self, hand: Hand, json: bool) -> Result<(), Failure> {
        let mut sheet = Sheet::read(&self.file, self.sheet.as_deref(), COLUMNS)?;
        let mut plans = plans(&mut sheet);
        self.refuse_if(&sheet)?;
        let desk = Desk::open(hand, json).await?;
        let signer = desk.signer()?;
        desk.require_standing(signer.address(), ADDRESS, &[]).await?;
        let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
        require_hand(&desk, signer.address(), &plans).await?;
        let bar = desk.bar(plans.len(), "looked up");
        for (index, plan) in plans.iter_mut().enumerate() {
            if look_up(&desk, plan, &mut sheet.problems).await? {
                unknown.entry(plan.code.clone()).or_insert(index);
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        beside(&plans, &mut sheet.problems);
        let entities = self.entities(&desk, signer.address(), &plans, &unknown, &mut sheet).await?;
        self.refuse_if(&sheet)?;
        let mut tally = Tally { entities: entities.len(), ..Tally::default() };
        tally.same =
            plans.iter().filter(|plan| plan.id.is_some() && plan.known_goals == plan.goals.len()).count();
        tally.pilots = plans.iter().filter(|plan| plan.id.is_none()).count();
        tally.goals = plans.iter().map(|plan| plan.goals.len().saturating_sub(plan.known_goals)).sum();
        if !desk.hand.dry_run {
            sheet::send(async {
                desk.take_all(&signer, &entities, |_, _| {}).await?;
                self.recommend(&desk, &mut plans).await?;
                let goals = goals(&plans);
                desk.take_all(&signer, &goals, |_, _| {}).await
            })
            .await?;
        }
        report(&desk, sheet.len(), &plans, &tally)
    }

    fn refuse_if(&self, sheet: &Sheet) -> Result<(), Failure> {
        if sheet.problems.is_empty() { Ok(()) } else { Err(refuse(&self.file, sheet.len(), &sheet.problems)) }
    }

    /// Registrations of entities that the ledger does not have, each rehearsed; and recommendations of
    /// those it has.
    async fn entities(
        &self,
        desk: &Desk,
        from: Address,
        plans: &[Plan],
        unknown: &BTreeMap<String, usize>,
        sheet: &mut Sheet,
    ) -> Result<Vec<Job>, Failure> {
        let mut jobs = Vec::new();
        let bar = desk.bar(plans.len(), "rehearsed");
        for (index, plan) in plans.iter().enumerate() {
            let is_new = unknown.get(&plan.code);
            let input = match is_new {
                Some(first) if *first == index => registerEntityCall {
                    code: plan.code.clone(),
                    name: plan.entity.clone(),
                    division: plan.division,
                    account: plan.account.unwrap_or_default(),
                }
                .abi_encode(),
                None if plan.id.is_none() => {
                    let alongside = live(desk, plan).await?;
                    plan.recommendation(self.material, alongside).abi_encode()
                }
                _ => continue,
            };
            match desk.gas(from, ADDRESS, &input).await {
                Ok(gas) if is_new.is_some() => jobs.push(Job {
                    name: format!("row {} (entity {})", plan.row, plan.code),
                    module: ADDRESS,
                    input: input.into(),
                    gas,
                }),
                Ok(_) => {}
                Err(error @ Failure::Unreachable(_)) => return Err(error),
                Err(error) => {
                    sheet.problems.push(Problem {
                        row: plan.row,
                        column: String::new(),
                        what: error.to_string(),
                    });
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(jobs)
    }

    /// Recommends what is new and takes the numbers that were given. Pilots that stand beside others of
    /// the sheet go one after the other, since each names those before it.
    async fn recommend(&self, desk: &Desk, plans: &mut [Plan]) -> Result<(), Failure> {
        let signer = desk.signer()?;
        let job = |plan: &Plan, alongside: Vec<u32>| Job {
            name: format!("row {} ({})", plan.row, plan.title),
            module: ADDRESS,
            input: plan.recommendation(self.material, alongside).abi_encode().into(),
            gas: STEP_GAS,
        };
        let at_once: Vec<usize> = (0..plans.len())
            .filter(|index| plans.get(*index).is_some_and(|plan| plan.id.is_none() && !plan.alongside))
            .collect();
        let jobs: Vec<Job> =
            at_once.iter().filter_map(|index| Some(job(plans.get(*index)?, Vec::new()))).collect();
        let mut given = Vec::new();
        let sent = desk.take_all(&signer, &jobs, |_, receipt| given.push(number(receipt.logs()))).await;
        sent?;
        for (index, id) in at_once.into_iter().zip(given) {
            if let Some(plan) = plans.get_mut(index) {
                plan.id = id;
            }
        }
        for plan in plans.iter_mut().filter(|plan| plan.id.is_none()) {
            let alongside = live(desk, plan).await?;
            let mut id = None;
            desk.take_all(&signer, &[job(plan, alongside)], |_, receipt| id = number(receipt.logs())).await?;
            plan.id = id;
        }
        Ok(())
    }
}

/// What the rows of a sheet say, each by itself and put together; what is wrong is collected.
fn plans(sheet: &mut Sheet) -> Vec<Plan> {
    let rows = sheet.each(plan);
    gather(rows, &mut sheet.problems)
}

/// What this import makes of the bytes of a sheet.
///
/// # Errors
///
/// They are no sheet of pilots.
pub(in crate::cmd) fn taken(bytes: Vec<u8>) -> Result<Taken, Failure> {
    let mut sheet = Sheet::from_bytes("sheet".as_ref(), bytes, None, COLUMNS)?;
    let mut plans = plans(&mut sheet);
    for (id, plan) in (1..).zip(&mut plans) {
        plan.id = Some(id);
    }
    let pilots = plans.iter().map(|plan| plan.recommendation(B256::ZERO, Vec::new()).abi_encode());
    Ok(Taken::new(&sheet, pilots.chain(goals(&plans).into_iter().map(|job| job.input.into()))))
}

/// The number that a recommendation was given.
fn number(mut logs: impl Iterator<Item = ding_primitives::Log>) -> Option<u32> {
    logs.find_map(|log| match events::decode(&log)? {
        Event::Recommended(event) => Some(event.id),
        _ => None,
    })
}

/// Goals that the ledger does not have yet, in the order of the rows of each pilot.
fn goals(plans: &[Plan]) -> Vec<Job> {
    let mut jobs = Vec::new();
    for plan in plans {
        let Some(id) = plan.id else { continue };
        for goal in plan.goals.iter().skip(plan.known_goals) {
            let call = addIndicatorCall {
                id,
                name: goal.name.clone(),
                unit: goal.unit.clone(),
                decimals: goal.decimals,
                baseline: goal.baseline,
                target: goal.target,
                due: goal.due.get(),
            };
            let name = format!("row {} ({})", goal.row, goal.name);
            jobs.push(Job { name, module: ADDRESS, input: call.abi_encode().into(), gas: STEP_GAS });
        }
    }
    jobs
}

fn own_name(text: &str) -> Result<String, String> {
    let name = words::name(text)?;
    if let Some(found) = personal::find(name.as_bytes()) {
        return Err(format!("it holds a {}; personal data never go on the ledger", found.kind));
    }
    Ok(name)
}

/// A name or unit of a goal.
fn measure(text: &str) -> Result<String, String> {
    let name = own_name(text)?;
    match forbidden_word(&name) {
        Some(word) => Err(format!(
            "it speaks of {word:?}: a pilot is about what is done, not about what something sells for"
        )),
        None => Ok(name),
    }
}

fn unit(text: &str) -> Result<String, String> {
    let unit = measure(text)?;
    let max = limits::PILOT_UNIT_BYTES_MAX;
    if unit.len() <= max { Ok(unit) } else { Err(format!("{} bytes, a unit has at most {max}", unit.len())) }
}

fn account(text: &str) -> Result<Address, String> {
    let account =
        text.parse::<Address>().ok().filter(|account| !account.is_zero() && !is_module_address(account));
    account
        .ok_or_else(|| format!("{:?} is no account that can sign; want 0x and 40 digits", words::cut(text)))
}

fn yes(text: &str) -> Result<bool, String> {
    match words::fold(text).to_lowercase().as_str() {
        "yes" | "y" | "是" | "1" => Ok(true),
        "no" | "n" | "否" | "0" => Ok(false),
        _ => Err(format!("{:?} is neither yes nor no", words::cut(text))),
    }
}

/// Reads a row: a pilot with one goal. What is wrong is collected.
fn plan(row: Row<'_>, problems: &mut Vec<Problem>) -> Option<Plan> {
    let kind = row.need("kind", problems, word::<Kind>);
    let title = row.need("title", problems, own_name);
    let code = row.need("code", problems, words::code);
    let entity = row.need("entity", problems, own_name);
    let end = row.need("end-day", problems, sheet::day);
    let field = row.take("field", problems, word::<Field>);
    let zone = row.take("zone", problems, word::<Zone>);
    let division = row.take("division", problems, words::province).map(Province::code);
    let account = row.take("account", problems, account);
    let alongside = row.take("alongside", problems, yes).unwrap_or(false);
    let mut refuse = |key: &str, what: String| problems.push(row.problem(key, what));
    match kind {
        Some(Kind::Special) if row.text("field") == Ok("") => {
            refuse("field", "a special pilot has a field".into())
        }
        Some(Kind::Comprehensive) if field.is_some() => {
            refuse("field", "a comprehensive pilot has a zone and no field of its own".into());
        }
        Some(Kind::Comprehensive) if row.text("zone") == Ok("") => {
            refuse("zone", "a comprehensive pilot has a zone".into());
        }
        _ => {}
    }
    let own = zone.map(Zone::division);
    if let (Some(zone), Some(own), Some(division)) = (zone, own, division)
        && own != division
    {
        refuse("division", format!("{division} and the zone {zone}, in {own}, disagree"));
    }
    let division = division.or(own);
    if division.is_none() && row.text("division") == Ok("") && row.text("zone") == Ok("") {
        refuse("division", "the province is missing".into());
    }
    let goal = goal(row, problems);
    Some(Plan {
        row: row.number,
        kind: kind?,
        title: title?,
        code: code?,
        entity: entity?,
        field,
        zone,
        division: division?,
        end: end?,
        account,
        alongside,
        goals: vec![goal?],
        id: None,
        known_goals: 0,
    })
}

fn goal(row: Row<'_>, problems: &mut Vec<Problem>) -> Option<Goal> {
    let name = row.need("indicator", problems, measure);
    let unit = row.need("unit", problems, unit);
    let baseline = row.need("baseline", problems, str::parse::<Amount>);
    let target = row.need("target", problems, str::parse::<Amount>);
    let due = row.need("due", problems, sheet::day);
    let (baseline, target) = (baseline?, target?);
    let decimals = baseline.decimals().max(target.decimals());
    let mut scaled = |key: &str, amount: Amount| {
        amount.scaled(decimals).map_err(|what| problems.push(row.problem(key, what))).ok()
    };
    let (baseline, target) = (scaled("baseline", baseline)?, scaled("target", target)?);
    if baseline == target {
        problems.push(row.problem("target", "target and baseline are the same; a goal changes something"));
    }
    Some(Goal { row: row.number, name: name?, unit: unit?, decimals, baseline, target, due: due? })
}

/// Puts the rows of each pilot together.
fn gather(rows: Vec<Plan>, problems: &mut Vec<Problem>) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    let mut places = BTreeMap::new();
    let mut zones: BTreeMap<u8, usize> = BTreeMap::new();
    let mut accounts: BTreeMap<Address, (usize, String)> = BTreeMap::new();
    let mut names: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for row in rows {
        let mut problem = |what: String| problems.push(Problem { row: row.row, column: String::new(), what });
        let (first, name) = names.entry(row.code.clone()).or_insert((row.row, row.entity.clone()));
        if *name != row.entity {
            problem(format!(
                "the entity {} is called {:?} here and {name:?} in row {first}",
                row.code, row.entity
            ));
        }
        if let Some(account) = row.account {
            let (first, other) = accounts.entry(account).or_insert((row.row, row.code.clone()));
            if *other != row.code {
                problem(format!(
                    "account {account} is of the entity {other} in row {first}; it acts for one"
                ));
            }
        }
        let place = *places.entry(row.key()).or_insert(plans.len());
        let Some(known) = plans.get_mut(place) else {
            if row.kind == Kind::Comprehensive
                && let Some(first) = row.zone.and_then(|zone| zones.insert(zone.number(), row.row))
            {
                problem(format!("its zone has another pilot in row {first}; one at a time"));
            }
            if row.goals.iter().any(|goal| goal.due > row.end) {
                problem("a goal is due after the pilot's last day".into());
            }
            plans.push(row);
            continue;
        };
        let agrees =
            Plan { row: known.row, goals: known.goals.clone(), account: known.account, ..row.clone() }
                == *known
                && (row.account.is_none() || row.account == known.account);
        if !agrees {
            problem(format!("it is the pilot of row {} and says something else about it", known.row));
        }
        for goal in &row.goals {
            if known.goals.iter().any(|other| other.name == goal.name) {
                problem(format!("the goal {:?} stands there twice", goal.name));
            }
            if goal.due > known.end {
                problem("the goal is due after the pilot's last day".into());
            }
        }
        known.goals.extend(row.goals);
        if known.goals.len() == usize::from(limits::PILOT_INDICATORS_MAX) + 1 {
            problem(format!("a pilot has at most {} goals", limits::PILOT_INDICATORS_MAX));
        }
    }
    plans
}

/// The signer may recommend in the divisions of the sheet: asked once, not for every row.
async fn require_hand(desk: &Desk, account: Address, plans: &[Plan]) -> Result<(), Failure> {
    for role in [Role::Supervisor, Role::Competent] {
        if desk.ask(MEMBERS, &hasRoleCall { account, role: role.number() }).await? {
            return Ok(());
        }
    }
    if !desk.ask(MEMBERS, &hasRoleCall { account, role: Role::Provincial.number() }).await? {
        return Err(Failure::Input(format!(
            "{account} may not recommend; supervisors, provincial administrations and competent departments may"
        )));
    }
    let id = desk.ask(MEMBERS, &organisationOfCall { account }).await?;
    let own = desk.ask(MEMBERS, &organisationCall { id }).await?.division;
    let mut others = plans.iter().filter(|plan| plan.division != own);
    let Some(first) = others.next() else { return Ok(()) };
    Err(Failure::Input(format!(
        "{account} is of the administration of division {own} and may recommend its pilots only; {} of the sheet {} of \
         another one, the first in row {} (division {}); nothing was sent",
        plural(others.count() + 1, "pilot"),
        if plans.iter().filter(|plan| plan.division != own).count() == 1 { "is" } else { "are" },
        first.row,
        first.division
    )))
}

/// Live pilots of a plan's entity in its field.
async fn live(desk: &Desk, plan: &Plan) -> Result<Vec<u32>, Failure> {
    desk.ask(ADDRESS, &livePilotsCall { entity: entity(&plan.code), field: plan.field() }).await
}

/// Compares a plan with what the ledger has; whether its entity is not registered.
async fn look_up(desk: &Desk, plan: &mut Plan, problems: &mut Vec<Problem>) -> Result<bool, Failure> {
    let mut problem = |row: usize, what: String| problems.push(Problem { row, column: String::new(), what });
    let parameters = desk.ask(ADDRESS, &parametersCall {}).await?;
    let known = desk.ask(ADDRESS, &entityOfCall { entity: entity(&plan.code) }).await?;
    let is_new = known.registeredDay == 0;
    if is_new {
        match plan.account {
            None => {
                problem(plan.row, format!("the entity {} is not registered; name its account", plan.code))
            }
            Some(account) => {
                let other = desk.ask(ADDRESS, &entityOfAccountCall { account }).await?;
                if !other.is_zero() {
                    problem(plan.row, format!("account {account} acts for another entity already"));
                }
            }
        }
    } else {
        if known.nameDigest != keccak256(plan.entity.as_bytes()) {
            problem(plan.row, format!("the entity {} is registered under another name", plan.code));
        }
        if plan.account.is_some_and(|account| account != known.account) {
            problem(
                plan.row,
                format!(
                    "{} acts for the entity {}; change it with `ding pilot change-entity`",
                    known.account, plan.code
                ),
            );
        }
    }
    let others = live(desk, plan).await?;
    for id in &others {
        let found = desk.ask(ADDRESS, &pilotOfCall { id: *id }).await?;
        if found.course.titleDigest == keccak256(plan.title.as_bytes()) {
            plan.id = Some(*id);
            let zone = plan.zone.map_or(0, Zone::number);
            if (found.pilot.zone, found.pilot.division) != (zone, plan.division)
                || found.course.endDay != plan.end.get()
            {
                problem(
                    plan.row,
                    format!("pilot {id} has this title, but another zone, division or last day"),
                );
            }
            look_up_goals(desk, plan, *id, &found.pilot, &mut problem).await?;
            return Ok(is_new);
        }
    }
    if let Some(other) = others.first().filter(|_| !plan.alongside) {
        problem(
            plan.row,
            format!(
                "its entity has pilot {other} in this field; write yes under alongside if both are meant"
            ),
        );
    }
    if plan.kind == Kind::Comprehensive
        && let Some(zone) = plan.zone
    {
        let other = desk.ask(ADDRESS, &pilotOfZoneCall { zone: zone.number() }).await?;
        if other != 0 {
            problem(plan.row, format!("the zone {zone} has pilot {other}, which has not ended"));
        }
    }
    let today = words::today();
    let last = today.plus(parameters.durationDays.into()).unwrap_or_default();
    if plan.end <= today || plan.end > last {
        problem(plan.row, format!("the last day {} is not after today and by {last}", plan.end));
    }
    for goal in plan.goals.iter().filter(|goal| goal.due <= today) {
        problem(goal.row, format!("the goal is due on {}, which is not after today", goal.due));
    }
    Ok(is_new)
}

/// Compares the goals of a plan with those of a pilot.
async fn look_up_goals(
    desk: &Desk,
    plan: &mut Plan,
    id: u32,
    pilot: &ding_modules::pilot::abi::IPilot::Record,
    problem: &mut impl FnMut(usize, String),
) -> Result<(), Failure> {
    for (indicator, goal) in (0..pilot.indicators).zip(&plan.goals) {
        let known = desk.ask(ADDRESS, &indicatorOfCall { id, indicator }).await?;
        let same = known.nameDigest == keccak256(goal.name.as_bytes())
            && known.unit == B256::right_padding_from(goal.unit.as_bytes())
            && (known.decimals, known.baseline, known.target, known.due)
                == (goal.decimals, goal.baseline, goal.target, goal.due.get());
        if !same {
            problem(
                goal.row,
                format!("goal {indicator} of pilot {id} is another; see `ding pilot show {id}`"),
            );
        }
    }
    plan.known_goals = usize::from(pilot.indicators).min(plan.goals.len());
    let can_add = matches!(State::from_number(pilot.state), Some(State::Recommended | State::Adjusting));
    if usize::from(pilot.indicators) < plan.goals.len() && !can_add {
        problem(
            plan.row,
            format!("pilot {id} has fewer goals and takes none any more; see `ding pilot show {id}`"),
        );
    }
    Ok(())
}

/// Two pilots of one entity in one field both say that this is meant.
fn beside(plans: &[Plan], problems: &mut Vec<Problem>) {
    let mut held: BTreeMap<(&str, u8), &Plan> = BTreeMap::new();
    for plan in plans {
        if let Some(first) = held.insert((&plan.code, plan.field()), plan)
            && !(first.alongside && plan.alongside)
        {
            let what = format!(
                "its entity has the pilot of row {} in this field; write yes under alongside in both if both are meant",
                first.row
            );
            problems.push(Problem { row: plan.row, column: String::new(), what });
        }
    }
}

fn report(desk: &Desk, rows: usize, plans: &[Plan], tally: &Tally) -> Result<(), Failure> {
    let ids: Vec<u32> = plans.iter().filter_map(|plan| plan.id).collect();
    let Tally { entities, pilots, goals, same } = *tally;
    if desk.json {
        return say_json(&json!({
            "chain": desk.chain.name, "rows": rows, "pilots": plans.len(), "dryRun": desk.hand.dry_run, "same": same,
            "newEntities": entities, "newPilots": pilots, "newGoals": goals, "ids": ids,
        }));
    }
    let new = format!(
        "{}, {}, {}",
        plural(entities, "registration"),
        plural(pilots, "recommendation"),
        plural(goals, "goal")
    );
    let mut out = vec![
        ("rows", format!("{rows}, {} in all", plural(plans.len(), "pilot"))),
        ("there already", same.to_string()),
    ];
    if desk.hand.dry_run {
        out.push(("would be taken", format!("{new}; nothing was sent (--dry-run)")));
    } else {
        out.push(("taken", new));
        if let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) {
            let text = if first == last { first.to_string() } else { format!("{first} to {last}") };
            out.push(("pilots", text));
        }
    }
    say(&table(&out))
}
