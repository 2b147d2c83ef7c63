//! What one module does with its tables. In: the module. Out: the tables that something other than a
//! call reads or writes, the functions that do nothing but call, and those that references are taken to.
//! Not its job: what other modules do with the same tables.

use crate::ids::{FuncId, Id};
use crate::merge::entity::Defined;
use crate::merge::mapped::{Mapped, Unmapped};
use crate::read::Module;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::reencode::{Reencode, utils};
use wasmparser::{ConstExpr, ElementItems, FunctionBody, Operator, TableInit};

/// Tables by the module's own indices.
#[derive(Default)]
pub struct Scan {
    /// Tables that something other than a call or an active segment reads or writes.
    pub spoilt: BTreeSet<u32>,
    /// By the table that they call through.
    pub shims: BTreeMap<u32, Vec<Shim>>,
    /// Functions, by the module's own indices, that an instruction takes a reference to.
    pub referenced: BTreeSet<u32>,
}

/// A function that does nothing but call.
#[derive(Clone, Copy)]
pub struct Shim {
    pub nth: Defined<FuncId>,
    /// The index in the table.
    pub slot: u32,
    /// The type that the call names.
    pub ty: u32,
}

/// Looks at all bodies of a module.
pub fn module(module: &Module) -> Mapped<Scan> {
    let mut scan = Scan::default();
    for (nth, body) in module.bodies.iter().enumerate() {
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => {}
                Operator::RefFunc { function_index } => drop(scan.referenced.insert(function_index)),
                operator => drop(utils::instruction(&mut TablesOf(&mut scan.spoilt), operator)?),
            }
        }
        if let Some((table, slot, ty)) = shim(body)? {
            let shim = Shim { nth: Defined::from_index(nth), slot, ty };
            scan.shims.entry(table).or_default().push(shim);
        }
    }
    for expression in constants(module)? {
        let mut operators = expression.get_operators_reader();
        while !operators.is_end_then_eof() {
            if let Operator::RefFunc { function_index } = operators.read()? {
                scan.referenced.insert(function_index);
            }
        }
    }
    Ok(scan)
}

/// The constant expressions whose value can be a reference.
fn constants<'a>(module: &Module<'a>) -> Mapped<Vec<ConstExpr<'a>>> {
    let mut constants: Vec<_> = module.globals.iter().map(|global| global.init_expr.clone()).collect();
    for table in &module.tables {
        if let TableInit::Expr(expression) = &table.init {
            constants.push(expression.clone());
        }
    }
    for element in &module.elements {
        if let ElementItems::Expressions(_, expressions) = &element.items {
            for expression in expressions.clone() {
                constants.push(expression?);
            }
        }
    }
    Ok(constants)
}

/// Notes each table that an instruction names.
struct TablesOf<'s>(&'s mut BTreeSet<u32>);

impl Reencode for TablesOf<'_> {
    type Error = Unmapped;

    fn table_index(&mut self, table: u32) -> Mapped {
        self.0.insert(table);
        Ok(table)
    }
}

/// Table, index and type of the call that is all that a body does.
fn shim(body: &FunctionBody) -> Mapped<Option<(u32, u32, u32)>> {
    if body.get_locals_reader()?.get_count() > 0 {
        return Ok(None);
    }
    let mut operators = body.get_operators_reader()?;
    // That these are all parameters follows from the types: the call takes no others, and the
    // function's type is the call's. A body ends with `end`, so that there is always one more to read.
    let mut param = 0u32;
    let value = loop {
        match operators.read()? {
            Operator::LocalGet { local_index } if local_index == param => param = param.saturating_add(1),
            Operator::I32Const { value } => break value,
            _ => return Ok(None),
        }
    };
    let call = match operators.read()? {
        Operator::CallIndirect { type_index, table_index }
        | Operator::ReturnCallIndirect { type_index, table_index } => (table_index, type_index),
        _ => return Ok(None),
    };
    match operators.read()? {
        Operator::End => Ok(Some((call.0, value.cast_unsigned(), call.1))),
        _ => Ok(None),
    }
}
