//! A walk through the state machine: people take steps in disorder for years, and no invariant of any
//! module breaks.

use super::*;

/// SplitMix64: enough disorder for tests, the same on every run.
struct Disorder(u64);

impl Disorder {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }

    fn small(&mut self, bound: u64) -> u8 {
        u8::try_from(self.below(bound)).unwrap()
    }
}

/// Gives a call of any step to somebody; whether it went through.
fn step(stage: &mut Stage, disorder: &mut Disorder, services: u64) -> bool {
    let caller = disorder.pick(&[CHIEF, CHIEF, DEPUTY, DEPUTY, BEIJING, FIRM, FIRM, FIRM, BRANCH, CITIZEN]);
    let block = stage.scene.block();
    let today = Day::from_ms(block.timestamp_ms);
    let service = 1 + disorder.below(services);
    let item = 1 + disorder.below(12);
    let days = 1 + u16::from(disorder.small(9));
    let flag = disorder.below(2) == 0;
    let (article, breach) = disorder.pick(&[(19, 17), (19, 13), (21, 10), (22, 11), (20, 8)]);
    let form = |n: u64| {
        // Whose contract it is, only its creator can say.
        let first = if caller == BRANCH { place(FIRM.create(n)) } else { own_place(FIRM, n) };
        Form {
            goLive: today.get() - 3,
            name: format!("service {n}"),
            places: vec![first, place(BRANCH.create(n))],
            ..super::form()
        }
    };
    macro_rules! send {
        ($call:expr) => {
            stage.call(caller, $call).is_ok()
        };
    }
    match disorder.below(34) {
        0 => {
            let form = form(stage.read(countsCall {}).services);
            send!(draftCall { provider: 1, form })
        }
        1 => {
            let form = form(stage.read(countsCall {}).services);
            send!(fileCall { provider: 1, form, attachments: attachments() })
        }
        2 => send!(submitCall { service, attachments: attachments() }),
        3 => flag && send!(withdrawCall { service, reason: text() }),
        4 => send!(returnFilingCall { service, codes: vec![1], reasons: text(), answerDays: days }),
        5 => send!(resubmitCall { service, form: form(service - 1), attachments: attachments() }),
        6 => send!(forwardCall { service, opinion: text() }),
        7..=9 => send!(proposeRecordCall { service, number: String::new(), confirmed: flag }),
        10..=12 => stage.second_hand(caller, &[service]).is_ok(),
        13 => {
            let batch = stage.read(countsCall {}).batches + 1;
            send!(publishBatchCall { batch, services: vec![service], day: today.get(), document: digest(1) })
        }
        14 => send!(objectCall { service, evidence: digest(2), statement: text() }),
        15 => {
            send!(decideObjectionCall { objection: item, upheld: flag, report: digest(3), reasons: text() })
        }
        16 => {
            let form = form(service + 500 + disorder.below(3));
            send!(reportChangeCall { service, changedOn: today.get() - 2, form, reason: text() })
        }
        17 => {
            let form = form(service + 500 + disorder.below(3));
            send!(acceptChangeCall { service, form })
        }
        18 => send!(returnChangeCall { service, codes: vec![2], reasons: text() }),
        19 => {
            let planned = today.get() + 60;
            send!(notifyTerminationCall {
                service,
                plannedDay: planned,
                arrangements: digest(4),
                text: text()
            })
        }
        20 => send!(cancelTerminationCall { service, reason: text() }),
        21 => send!(deregisterCall { service, objection: if flag { 0 } else { item }, reasons: text() }),
        22 => send!(openCampaignCall { title: "walk".into(), workingDays: days }),
        23 => send!(inspectCall { campaign: 1 + u32::from(disorder.small(6)), services: vec![service] }),
        24 => send!(answerInspectionCall { service, answer: digest(5), text: text() }),
        25 => send!(passInspectionCall { service, text: text() }),
        26 => send!(closeCampaignCall { campaign: 1 + u32::from(disorder.small(6)) }),
        27 => send!(rectifyCall {
            service,
            article,
            breach,
            workingDays: days,
            notice: digest(6),
            text: text()
        }),
        28 => send!(reportRectifiedCall { service, report: digest(7), text: text() }),
        29 => {
            let days = if flag { 0 } else { days };
            send!(decideRectifiedCall { service, accepted: flag, workingDays: days, text: text() })
        }
        30 => {
            send!(warnCall { service, article, breach, workingDays: days, notice: digest(8), text: text() })
        }
        31 => {
            let from = if flag { 0 } else { block.height.get() + 1 };
            send!(suspendCall { service, article, breach, fromHeight: from, notice: digest(9), text: text() })
        }
        32 => send!(restoreCall { service, fromHeight: 0, text: text() }),
        _ => {
            let amount = disorder.pick(&[500_000, 2_000_000, 3_000_000]);
            let ground = 1 + disorder.small(2);
            let notice = digest(10);
            match disorder.below(4) {
                0 => send!(proposeFineCall {
                    service,
                    article,
                    breach,
                    ground,
                    amountFen: amount,
                    notice,
                    text: text()
                }),
                1 => send!(imposeFineCall { penalty: item }),
                2 => send!(dropFineCall { penalty: item, reason: text() }),
                _ => send!(settleFineCall { penalty: item, receipt: notice }),
            }
        }
    }
}

#[test]
fn steps_in_disorder_break_no_invariant_of_any_module() {
    let mut disorder = Disorder(20_261_122);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..4 {
        let mut stage = Stage::on(2025, 1, 6);
        stage.register(FIRM, firm());
        for turn in 0..4_000 {
            let done = step(&mut stage, &mut disorder, 8);
            if done {
                taken += 1
            } else {
                refused += 1
            }
            if turn % 12 == 0 {
                stage.scene.later(24 * 60 * 60 * 1_000);
            }
            if turn % 500 == 0 {
                stage.scene.on(&Filing).check();
            }
        }
        let reached: std::collections::BTreeSet<u8> = stage
            .scene
            .history()
            .iter()
            .filter_map(|log| match events::decode(log)? {
                events::Event::Stepped(event) => Some(event.step),
                _ => None,
            })
            .collect();
        assert!(reached.len() >= 25, "{reached:?}");
        stage.check();
    }
    assert!(taken > 800 && refused > 800, "{taken} taken, {refused} refused");
}
