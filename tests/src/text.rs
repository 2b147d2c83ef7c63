//! Component values as text, in the manner of WAVE. In: text and a type. Out: a value. Not its job:
//! whether the value may be passed (`value`).
//!
//! `1`, `-1.5`, `nan`, `true`, `'c'`, `"s"`, `[1, 2]` (list), `[1: "a"]` (map), `(1, 2)` (tuple),
//! `{a: 1}` (record), `{a, b}` (flags), `label`, `label(1)` (enum, variant, option, result), `#0` (a
//! resource that the guest defines: the first that the host was given), `@7` (one that the host
//! defines: its representation). Strings know the escapes \n, \", \\, \' and \u{…}.

use crate::value::{FuncType, Resource, Type, Value};
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::sync::Arc;

/// The arguments of a call: `(1, "x")` or `()`.
pub fn arguments(text: &str, ty: &FuncType) -> Result<Vec<Value>> {
    let mut parser = Parser { rest: text };
    let types: Vec<Arc<Type>> = ty.params.iter().map(|(_, ty)| ty.clone()).collect();
    let values = parser.tuple(&types)?;
    ensure!(parser.rest.trim().is_empty(), "after the arguments: {}", parser.rest);
    Ok(values)
}

/// One value.
pub fn value(text: &str, ty: &Type) -> Result<Value> {
    let mut parser = Parser { rest: text };
    let value = parser.value(ty)?;
    ensure!(parser.rest.trim().is_empty(), "after the value: {}", parser.rest);
    Ok(value)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        ensure!(self.eat(token), "{token} is missing before: {}", self.rest);
        Ok(())
    }

    /// A number, a keyword or a label.
    fn word(&mut self) -> Result<&'a str> {
        self.rest = self.rest.trim_start();
        let part = |c: char| c.is_alphanumeric() || "-+._%".contains(c);
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        ensure!(!word.is_empty(), "a word is missing before: {rest}");
        self.rest = rest;
        Ok(word)
    }

    fn number<T: std::str::FromStr>(&mut self) -> Result<T> {
        let word = self.word()?;
        word.parse().map_err(|_| anyhow!("not such a number: {word}"))
    }

    fn tuple(&mut self, types: &[Arc<Type>]) -> Result<Vec<Value>> {
        self.expect("(")?;
        let mut values = Vec::new();
        for ty in types {
            if !values.is_empty() {
                self.expect(",")?;
            }
            values.push(self.value(ty)?);
        }
        self.expect(")")?;
        Ok(values)
    }

    /// Items with commas in between, up to `end`.
    fn items<T>(&mut self, end: &str, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while !self.eat(end) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn value(&mut self, ty: &Type) -> Result<Value> {
        Ok(match ty {
            Type::Bool => Value::Bool(self.number()?),
            Type::S8 => Value::S8(self.number()?),
            Type::U8 => Value::U8(self.number()?),
            Type::S16 => Value::S16(self.number()?),
            Type::U16 => Value::U16(self.number()?),
            Type::S32 => Value::S32(self.number()?),
            Type::U32 => Value::U32(self.number()?),
            Type::S64 => Value::S64(self.number()?),
            Type::U64 => Value::U64(self.number()?),
            Type::F32 => Value::F32(self.number()?),
            Type::F64 => Value::F64(self.number()?),
            Type::Char => {
                let text = self.quoted('\'')?;
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(c), None) => Value::Char(c),
                    _ => bail!("not one char: {text}"),
                }
            }
            Type::String => Value::String(self.quoted('"')?),
            Type::List(ty) | Type::FixedList(ty, _) => {
                self.expect("[")?;
                Value::List(self.items("]", |p| p.value(ty))?)
            }
            Type::Map(key, value) => {
                self.expect("[")?;
                Value::Map(self.items("]", |p| {
                    let key = p.value(key)?;
                    p.expect(":")?;
                    Ok((key, p.value(value)?))
                })?)
            }
            Type::Record(fields) => {
                self.expect("{")?;
                let mut types = fields.iter();
                Value::Record(self.items("}", |p| {
                    let (name, ty) = types.next().context("too many fields")?;
                    p.expect(name)?;
                    p.expect(":")?;
                    Ok((name.clone(), p.value(ty)?))
                })?)
            }
            Type::Tuple(types) => Value::Tuple(self.tuple(types)?),
            Type::Flags(_) => {
                self.expect("{")?;
                Value::Flags(self.items("}", |p| Ok(p.word()?.to_string()))?)
            }
            Type::Enum(_) => Value::Enum(self.word()?.to_string()),
            Type::Variant(cases) => {
                let label = self.word()?;
                let case = cases.iter().find(|(name, _)| name == label);
                let (_, ty) = case.with_context(|| format!("no such case: {label}"))?;
                Value::Variant(label.to_string(), self.payload(ty.as_ref())?)
            }
            Type::Option(ty) => match self.word()? {
                "none" => Value::Option(None),
                _ => Value::Option(self.payload(Some(ty))?),
            },
            Type::Result { ok, err } => match self.word()? {
                "ok" => Value::Result(Ok(self.payload(ok.as_ref())?)),
                _ => Value::Result(Err(self.payload(err.as_ref())?)),
            },
            Type::Own(_) => Value::Own(self.resource()?),
            Type::Borrow(_) => Value::Borrow(self.resource()?),
        })
    }

    fn payload(&mut self, ty: Option<&Arc<Type>>) -> Result<Option<Box<Value>>> {
        let Some(ty) = ty else { return Ok(None) };
        self.expect("(")?;
        let value = self.value(ty)?;
        self.expect(")")?;
        Ok(Some(Box::new(value)))
    }

    fn resource(&mut self) -> Result<Resource> {
        if self.eat("#") {
            Ok(Resource::Guest(self.number()?))
        } else {
            self.expect("@")?;
            Ok(Resource::Host(self.number()?))
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String> {
        self.expect(&quote.to_string())?;
        let mut text = String::new();
        loop {
            let c = self.next()?;
            match c {
                c if c == quote => return Ok(text),
                '\\' => text.push(match self.next()? {
                    'n' => '\n',
                    'u' => self.escape()?,
                    other => other,
                }),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char> {
        let (code, rest) =
            self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).context("not \\u{…}")?;
        self.rest = rest;
        char::from_u32(u32::from_str_radix(code, 16)?).context("not a char")
    }

    fn next(&mut self) -> Result<char> {
        let c = self.rest.chars().next().context("the text ends too early")?;
        self.rest = &self.rest[c.len_utf8()..];
        Ok(c)
    }
}
