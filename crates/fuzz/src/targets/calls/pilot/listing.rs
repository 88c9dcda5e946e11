//! From a recommendation to the list.

use super::*;

/// Divisions of the zones, by their numbers from 1 on.
const ZONES: [u8; 15] = [11, 50, 35, 44, 45, 52, 13, 32, 31, 33, 46, 43, 36, 37, 51];
/// Fields that there are.
const FIELDS: u8 = 16;

/// Kind, field, zone and division fit together.
fn require_subject(proposal: &Proposal) -> Result<(), Refusal> {
    let Proposal { kind, field, zone, division, .. } = *proposal;
    words::term("kind of pilot", kind, SPECIAL)?;
    if (kind == SPECIAL) != (field != 0) {
        return refuse(FieldNotForKind { kind, field });
    }
    if kind == SPECIAL {
        words::term("field", field, FIELDS)?;
    }
    sources::require_division(division)?;
    if zone == 0 {
        return if kind == SPECIAL { Ok(()) } else { refuse(ZoneRequired {}) };
    }
    words::term("zone", zone, narrow(ZONES.len()))?;
    let own = ZONES.get(usize::from(zone) - 1).copied().unwrap_or_default();
    if own == division { Ok(()) } else { refuse(ZoneElsewhere { zone, division, own }) }
}

/// All that are there are named, and no others.
fn require_alongside(entity: B256, field: u8, there: &[u32], named: &[u32]) -> Result<(), Refusal> {
    let missing = |list: &[u32], of: &[u32]| of.iter().copied().find(|id| !list.contains(id));
    if let Some(id) = missing(named, there) {
        return refuse(FieldTaken { entity, field, id });
    }
    if let Some(id) = missing(there, named) {
        return refuse(NotAlongside { entity, field, id });
    }
    words::count("pilots named alongside", named.len(), there.len())
}

/// An organisation that can follow pilots.
fn require_competent(organisation: u32) -> Result<(), Refusal> {
    match start::office(organisation) {
        start::Office::National | start::Office::Competent => Ok(()),
        _ => refuse(CompetentRequired { organisation }),
    }
}

impl Model {
    /// Numbers of the pilots of which something is so.
    fn numbers(&self, which: impl Fn(&Pilot) -> bool) -> Vec<u32> {
        (1..).zip(&self.pilots).filter(|(_, pilot)| which(pilot)).map(|(id, _)| id).collect()
    }

    /// Live pilots of an entity in a field.
    pub(super) fn live(&self, entity: B256, field: u8) -> Vec<u32> {
        self.numbers(|pilot| pilot.is_live() && (pilot.record.entity, pilot.record.field) == (entity, field))
    }

    /// The live comprehensive pilot of a zone; 0 if there is none.
    pub(super) fn of_zone(&self, zone: u8) -> u32 {
        let has = |pilot: &Pilot| {
            pilot.is_live() && (pilot.record.kind, pilot.record.zone) == (COMPREHENSIVE, zone)
        };
        self.numbers(has).first().copied().unwrap_or(0)
    }

    /// Other pilots of the same entity in the same field that are on the list.
    pub(super) fn listed_beside(&self, id: u32) -> Vec<u32> {
        let Ok(Pilot { record, .. }) = self.pilot(id) else { return Vec::new() };
        let mut beside = self.live(record.entity, record.field);
        beside.retain(|other| *other != id && self.pilot(*other).is_ok_and(Pilot::is_on_list));
        beside
    }

    pub(super) fn recommend(&mut self, call: &recommendCall) -> Result<Vec<u8>, Refusal> {
        let recommendCall { proposal, alongside } = call.clone();
        let organisation = self.require_recommender(proposal.division)?;
        require_subject(&proposal)?;
        let Proposal { kind, entity, field, zone, division, endDay, title, material } = proposal;
        words::title("title", &title)?;
        words::there("application material", material)?;
        let (account, today) = self.here();
        let latest = today + u32::from(self.parameters.durationDays);
        words::range("last day of the pilot", endDay, today + 1, latest)?;
        if !self.entities.contains_key(&entity) {
            return refuse(NoSuchEntity { entity });
        }
        let other = self.of_zone(zone);
        if kind == COMPREHENSIVE && other != 0 {
            return refuse(ZoneTaken { zone, id: other });
        }
        let live = self.live(entity, field);
        require_alongside(entity, field, &live, &alongside)?;
        let max = limits::PILOTS_OF_FIELD_MAX;
        if narrow::<u32>(live.len()) >= max {
            return refuse(FieldFull { entity, field, max });
        }
        let record = Record {
            kind,
            state: RECOMMENDED,
            entity,
            field,
            zone,
            division,
            recommender: organisation,
            competent: 0,
            chainId: 0,
            indicators: 0,
            filings: 0,
            adjustments: 0,
            assessments: 0,
            evaluated: false,
            removalProposed: false,
        };
        self.pilots.push(Pilot {
            record,
            course: new_course(&title, endDay),
            report_days: 0,
            goals: Vec::new(),
            filings: Vec::new(),
            comments: Vec::new(),
            orders: Vec::new(),
            evaluation: None,
            removal: None,
        });
        let id = narrow(self.pilots.len());
        self.emit(&Recommended {
            id,
            entity,
            organisation,
            kind,
            field,
            zone,
            division,
            endDay,
            alongside,
            material,
            title,
            account,
            today,
        });
        Ok(recommendCall::abi_encode_returns(&id))
    }

    pub(super) fn review(&mut self, call: &reviewCall) -> Result<(), Refusal> {
        let reviewCall { id, competent, opinion } = call.clone();
        if self.may(id, step::REVIEW)?.goals.is_empty() {
            return refuse(NoIndicators { id });
        }
        require_competent(competent)?;
        words::text("opinion", &opinion)?;
        let (account, today) = self.here();
        self.go(id, step::REVIEW, |pilot| {
            (pilot.record.competent, pilot.course.reviewer) = (competent, account);
        });
        self.emit(&Reviewed { id, competent, opinion, account, today });
        Ok(())
    }

    pub(super) fn assign_competent(&mut self, call: &assignCompetentCall) -> Result<(), Refusal> {
        let assignCompetentCall { id, competent } = *call;
        let before = self.may(id, step::ASSIGN)?.record.competent;
        require_competent(competent)?;
        self.go(id, step::ASSIGN, |pilot| pilot.record.competent = competent);
        self.emit(&CompetentAssigned { id, before, competent, account: self.caller });
        Ok(())
    }

    /// Last day on which the public comments, and whether that is provisional.
    pub(super) fn comments_end(&self, course: &Course) -> (u32, bool) {
        self.days.not_a_day_of_rest(self.today(), course.publishedDay + u32::from(course.commentDays))
    }

    pub(super) fn publish(&mut self, call: &publishCall) -> Result<(), Refusal> {
        let publishCall { id, document } = *call;
        self.may(id, step::PUBLISH)?;
        self.document(document, SHORTLIST)?;
        let ((account, today), commentDays) = (self.here(), self.parameters.commentDays);
        self.go(id, step::PUBLISH, |Pilot { course, .. }| {
            (course.publishedDay, course.commentDays, course.shortlist) = (today, commentDays, document);
        });
        let (lastDay, provisional) = self.comments_end(&self.pilot(id)?.course);
        self.emit(&Published { id, document, commentDays, lastDay, provisional, account, today });
        Ok(())
    }

    pub(super) fn comment(&mut self, call: &commentCall) -> Result<Vec<u8>, Refusal> {
        let commentCall { id, kind, text } = call.clone();
        let pilot = self.may(id, step::COMMENT)?;
        words::term("kind of comment", kind, 3)?;
        words::text("comment", &text)?;
        let ((account, today), (lastDay, _)) = (self.here(), self.comments_end(&pilot.course));
        if today > lastDay {
            return refuse(CommentsClosed { id, lastDay });
        }
        let number: u32 = narrow(pilot.comments.len() + 1);
        words::range("number of comments", number, 1_u64, limits::PILOT_COMMENTS_MAX)?;
        let own = pilot.comments.iter().filter(|comment| comment.account == account).count();
        let most = limits::PILOT_COMMENTS_OF_ACCOUNT_MAX;
        words::range("number of comments of one account", own as u64 + 1, 1_u64, most)?;
        let textDigest = digest_of(&text);
        let comment = CommentRecord { account, kind, outcome: 0, day: today, textDigest };
        self.go(id, step::COMMENT, |pilot| pilot.comments.push(comment));
        self.emit(&Commented { id, number, kind, text, account, today });
        Ok(commentCall::abi_encode_returns(&number))
    }

    pub(super) fn answer_comments(&mut self, call: &answerCall) -> Result<(), Refusal> {
        let answerCall { id, numbers, outcome, text } = call.clone();
        self.may(id, step::ANSWER)?;
        words::term("outcome", outcome, 3)?;
        words::text("answer", &text)?;
        let most = limits::MODULE_PAGE_MAX;
        words::range("number of comments to answer", numbers.len() as u64, 1_u64, most)?;
        let (account, today) = self.here();
        for number in numbers {
            let comments = &self.pilot(id)?.comments;
            let count = narrow(comments.len());
            match nth(comments, number).map(|comment| comment.outcome) {
                None => return refuse(NoSuchComment { id, number, count }),
                Some(0) => {}
                Some(_) => return refuse(AnsweredBefore { id, number }),
            }
            self.go(id, step::ANSWER, |pilot| {
                nth_mut(&mut pilot.comments, number).into_iter().for_each(|one| one.outcome = outcome);
            });
            let text = text.clone();
            self.emit(&Answered { id, number, outcome, text, account, today });
        }
        Ok(())
    }

    pub(super) fn list(&mut self, call: &listCall) -> Result<(), Refusal> {
        let listCall { id, document, alongside } = call.clone();
        let pilot = self.may(id, step::LIST)?;
        self.require_other_hand(id, pilot.course.reviewer, step::REVIEW)?;
        let ((account, today), (lastDay, _)) = (self.here(), self.comments_end(&pilot.course));
        if today <= lastDay {
            return refuse(CommentsOpen { id, lastDay });
        }
        match (pilot.objections(0), pilot.objections(UPHELD)) {
            (0, 0) => {}
            (0, count) => return refuse(ObjectionsUpheld { id, count }),
            (count, _) => return refuse(ObjectionsOpen { id, count }),
        }
        self.put_on_list(id, step::LIST, document, today, &alongside)?;
        self.emit(&Listed { id, document, alongside, commentLastDay: lastDay, account, today });
        Ok(())
    }

    pub(super) fn enter(&mut self, call: &enterCall) -> Result<(), Refusal> {
        let enterCall { id, document, alongside } = call.clone();
        let reviewer = self.may(id, step::ENTER)?.course.reviewer;
        self.require_other_hand(id, reviewer, step::REVIEW)?;
        let (issuedOn, firstDay) = (self.document(document, LIST)?.issuedOn, start::first_day());
        if issuedOn >= firstDay {
            return refuse(ListTooRecent { document, issuedOn, firstDay });
        }
        self.put_on_list(id, step::ENTER, document, issuedOn, &alongside)?;
        let (account, today) = self.here();
        self.emit(&Entered { id, document, alongside, listedOn: issuedOn, account, today });
        Ok(())
    }

    fn put_on_list(
        &mut self,
        id: u32,
        step: u8,
        document: u32,
        day: u32,
        alongside: &[u32],
    ) -> Result<(), Refusal> {
        let Record { entity, field, kind, .. } = self.pilot(id)?.record;
        require_alongside(entity, field, &self.listed_beside(id), alongside)?;
        self.require_room(document, kind)?;
        self.go(id, step, |pilot| (pilot.course.list, pilot.course.listedDay) = (document, day));
        Ok(())
    }

    pub(super) fn decline(&mut self, call: &declineCall) -> Result<(), Refusal> {
        let declineCall { id, reason } = call.clone();
        let (account, today) = self.end(id, step::DECLINE, &reason)?;
        self.emit(&Declined { id, reason, account, today });
        Ok(())
    }

    pub(super) fn withdraw(&mut self, call: &withdrawCall) -> Result<(), Refusal> {
        let withdrawCall { id, reason } = call.clone();
        let (account, today) = self.end(id, step::WITHDRAW, &reason)?;
        self.emit(&Withdrawn { id, reason, account, today });
        Ok(())
    }

    /// Ends a recommendation for a reason.
    fn end(&mut self, id: u32, step: u8, reason: &str) -> Result<(Address, u32), Refusal> {
        self.may(id, step)?;
        words::text("reason", reason)?;
        self.go(id, step, |_| ());
        Ok(self.here())
    }
}

fn new_course(title: &str, endDay: u32) -> Course {
    Course {
        titleDigest: digest_of(title),
        factsDigest: B256::ZERO,
        publishedDay: 0,
        commentDays: 0,
        listedDay: 0,
        startDay: 0,
        endDay,
        assessmentMonths: 0,
        comments: 0,
        objectionsOpen: 0,
        objectionsUpheld: 0,
        reviewer: Address::ZERO,
        shortlist: 0,
        list: 0,
        result: 0,
    }
}
