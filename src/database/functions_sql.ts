/**
 * The functions that applications call by SQL; csn's own search does not need them. They read the
 * tables csn_versions and csn_notions, and table names that csn wrote there.
 */
export const functionsSql = `
create or replace function csn_version(of_table text default null) returns csn_versions
language plpgsql stable set search_path from current as $csn$
declare
  found_version csn_versions;
  known text := (select string_agg(tab, ', ' order by tab) from csn_versions where is_active);
  many integer := (select count(*) from csn_versions where is_active
    and (of_table is null or tab = of_table));
begin
  if many <> 1 then
    raise exception 'csn: %', case
      when known is null then 'no table is indexed'
      when of_table is null then 'several tables are indexed; name one with of_table => ...'
      else format('the table %L is not indexed', of_table)
    end using hint = coalesce('There are: ' || known, 'Write one with csn''s command index');
  end if;
  select * into found_version from csn_versions where is_active
    and (of_table is null or tab = of_table);
  return found_version;
end $csn$;

create or replace function csn_square(mask real[], a vector, b vector) returns double precision
language sql immutable strict parallel safe set search_path from current as $csn$
  select sum(part * part) from (
    select m::float8 * (x::float8 - y::float8) + 1e-6 as part
    from unnest(mask, a::real[], b::real[]) as each(m, x, y)
  ) as parts
$csn$;

create or replace function csn_terms(v csn_versions, given jsonb, balanced boolean)
returns table (notion text, place integer, mask real[], weight double precision)
language plpgsql stable set search_path from current as $csn$
#variable_conflict use_column
declare
  wrong text;
begin
  if given is null or jsonb_typeof(given) <> 'object' then
    raise exception 'csn: weights are not an object such as {"heel": 0.7, "colour": 0.3}';
  end if;
  select w.key into wrong from jsonb_each(given) w
    where not exists (select from csn_notions n
      where n.tab = v.tab and n.version = v.version and n.notion = w.key) limit 1;
  if wrong is not null then
    raise exception 'csn: the table % has no notion "%"', v.tab, wrong using hint = 'There are: ' || (
      select string_agg(n.notion, ', ' order by n.place) from csn_notions n
      where n.tab = v.tab and n.version = v.version);
  end if;
  select w.key into wrong from jsonb_each(given) w where jsonb_typeof(w.value) <> 'number' limit 1;
  if wrong is not null then
    raise exception 'csn: the weight of "%" is no number', wrong;
  end if;
  if not exists (select from jsonb_each(given) w where w.value::float8 > 0) then
    raise exception 'csn: no notion has a weight above 0';
  end if;
  select n.notion into wrong from csn_notions n
    where n.tab = v.tab and n.version = v.version and (given -> n.notion)::float8 <> 0
    and balanced and (n.median is null or not n.median > 4e-12 * v.dimension) limit 1;
  if wrong is not null then
    raise exception 'csn: "%" cannot be balanced: its median distance is 0 or not known', wrong
      using hint = 'Leave it out, or pass balanced => false';
  end if;
  return query select n.notion, n.place, n.mask::real[],
      (given -> n.notion)::float8 / case when balanced then n.median else 1 end
    from csn_notions n
    where n.tab = v.tab and n.version = v.version and (given -> n.notion)::float8 <> 0;
end $csn$;

create or replace function csn_distance(
  a vector, b vector, weights jsonb, balanced boolean default true, of_table text default null
) returns double precision
language plpgsql stable set search_path from current as $csn$
declare
  v csn_versions := csn_version(of_table);
begin
  if vector_dims(a) <> v.dimension or vector_dims(b) <> v.dimension then
    raise exception 'csn: the table % has vectors of % dimensions, these have % and %',
      v.tab, v.dimension, vector_dims(a), vector_dims(b);
  end if;
  if exists (select from csn_terms(v, weights, balanced) t where t.weight < 0) then
    raise exception 'csn: with a weight below 0 there is a score, and no distance';
  end if;
  return (select sqrt(sum(t.weight * csn_square(t.mask, a, b) order by t.place))
    from csn_terms(v, weights, balanced) t);
end $csn$;

create or replace function csn_distance(
  a vector, b vector, notion text, of_table text default null
) returns double precision
language sql stable set search_path from current as $csn$
  select csn_distance(a, b, jsonb_build_object(notion, 1), false, of_table)
$csn$;

create or replace function csn_search(
  v csn_versions, query vector, given jsonb, k integer, balanced boolean, by_index boolean
) returns table (name text, distance double precision, score double precision, shares jsonb)
language plpgsql stable set search_path from current
set jit = off set hnsw.ef_search = 200 set hnsw.iterative_scan = strict_order as $csn$
#variable_conflict use_column
declare
  near double precision[];
  far double precision[];
  least_root double precision;
  rank_by text;
begin
  if vector_dims(query) <> v.dimension then
    raise exception 'csn: the table % has vectors of % dimensions, the query has %',
      v.tab, v.dimension, vector_dims(query);
  end if;
  if k is null or k < 1 then
    raise exception 'csn: k is %, it must be 1 or more', k;
  end if;
  select array_agg(s.near order by s.d), array_agg(s.far order by s.d) into near, far from (
    select u.d, sqrt(sum(greatest(t.weight, 0) * u.m::float8 * u.m::float8)) as near,
      sqrt(sum(greatest(-t.weight, 0) * u.m::float8 * u.m::float8)) as far
    from csn_terms(v, given, balanced) t, unnest(t.mask) with ordinality as u(m, d) group by u.d
  ) as s;
  if by_index then
    -- To the letter as the index of the notion has it.
    select format('(embedding * %L::vector)::vector(%s) <-> %L::vector',
        n.ranking::text, v.dimension, (query * n.ranking)::text) into rank_by
      from csn_notions n join csn_terms(v, given, balanced) t using (notion)
      where n.tab = v.tab and n.version = v.version;
  else
    -- Above 1, so that no product with a tiny number of an embedding is lost.
    select min(root) into least_root from unnest(near || far) as r(root)
      where root > 0 and root >= (select max(root) from unnest(near || far) as r(root)) / 1e9;
    rank_by := csn_ranked('embedding', query, near, least_root);
    if exists (select from unnest(far) as r(root) where root > 0) then
      rank_by := format('(%s) ^ 2 - (%s) ^ 2', rank_by, csn_ranked('embedding', query, far, least_root));
    end if;
  end if;
  return query execute format($q$
    with candidates as materialized (
      select id, name, embedding from %1$I where embedding is not null order by %2$s limit $4
    ), parts as (
      select c.id, c.name, t.notion, t.place, t.weight,
        t.weight * csn_square(t.mask, $1, c.embedding) as part
      from candidates c cross join csn_terms($6, $2, $3) t
    ), totals as (
      select p.id, p.name, sum(p.part order by p.place) as total, min(p.weight) as low,
        sum(abs(p.part)) as size, count(*) as many, jsonb_object_agg(p.notion, p.part) as parts
      from parts p group by p.id, p.name
    )
    select t.name, case when t.low > 0 then sqrt(t.total) end,
      case when t.low < 0 then t.total end,
      (select jsonb_object_agg(e.key,
          case when t.size = 0 then 1.0::float8 / t.many else e.value::float8 / t.size end)
        from jsonb_each(t.parts) e)
    from totals t join %3$I o using (id) order by t.total, o.position limit $5
  $q$, v.tab || '_' || v.version, rank_by, v.tab || '_' || v.version || '_order')
  using query, given, balanced, greatest(4 * k, k + 200), k, v;
end $csn$;

create or replace function csn_ranked(
  what text, query vector, roots double precision[], floor_root double precision
) returns text
language plpgsql stable set search_path from current as $csn$
declare
  ranking vector := (select array_agg(case when root < floor_root or floor_root is null then 0
      else root / floor_root * 1.000001 end order by d)::real[]::vector
    from unnest(roots) with ordinality as r(root, d));
begin
  return format('(%s * %L::vector) <-> %L::vector', what, ranking::text, (query * ranking)::text);
end $csn$;

create or replace function csn_nearest(
  query vector, weights jsonb, k integer default 10, balanced boolean default true,
  of_table text default null
) returns table (name text, distance double precision, score double precision, shares jsonb)
language sql stable set search_path from current as $csn$
  select * from csn_search(csn_version(of_table), query, weights, k, balanced, false)
$csn$;

create or replace function csn_nearest(
  query vector, notion text, k integer default 10, exact boolean default true,
  of_table text default null
) returns table (name text, distance double precision, score double precision, shares jsonb)
language sql stable set search_path from current as $csn$
  select * from csn_search(
    csn_version(of_table), query, jsonb_build_object(notion, 1), k, false, not exact)
$csn$;
`;
