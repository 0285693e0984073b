-- Wallets tell of their own discounts late, and more than once: every report is kept as it came.

-- attempts.reported and refunds.reported have a list `told` of what the wallet told, when and by which way. Which of them counts the
-- cashier says; the list itself only ever grows.
create function keep_told_reports() returns trigger language plpgsql as $$
begin
  if exists (
    select from jsonb_array_elements(coalesce(old.reported -> 'told', '[]')) with ordinality as kept (report, no)
    where new.reported -> 'told' -> (no::integer - 1) is distinct from report
  ) then
    raise exception 'what a wallet told of % % is append-only', tg_table_name, old.id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger attempts_keep_reports before update of reported on attempts
  for each row when (old.reported is not null and old.reported is distinct from new.reported)
  execute function keep_told_reports();
create trigger refunds_keep_reports before update of reported on refunds
  for each row when (old.reported is not null and old.reported is distinct from new.reported)
  execute function keep_told_reports();
