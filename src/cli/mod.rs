//! Placeholder.
use crate::environment::Environment;
use crate::error::Error;
use crate::plan::*;
use std::ffi::OsString;
/// .
pub enum Asked { /// .
    Run(Box<Plan>), /// .
    Print(String), /// .
    Demo }
/// .
pub struct Refusal { /// .
    pub error: Error, /// .
    pub notices: Vec<Notice>, /// .
    pub hint: bool }
/// .
pub fn parse(words: &[OsString], _e: &Environment, _s: &mut dyn std::io::Read) -> Result<Asked, Refusal> {
    let mut plan = Plan::default();
    plan.operations.push(Operation::default());
    for word in words {
        let word = word.to_str().unwrap_or_default();
        match word {
            "-v" => plan.global.trace = Trace::Verbose,
            "-i" => plan.operations[0].output.include_head = true,
            "-L" => plan.operations[0].follow.mode = FollowMode::Location,
            "--demo" => return Ok(Asked::Demo),
            _ if word.starts_with('-') => {}
            url => plan.operations[0].urls.push(UrlPlan { url: url.to_owned(), ..UrlPlan::default() }),
        }
    }
    Ok(Asked::Run(Box::new(plan)))
}
