(* From the list of the pieces of a function to its search tree. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Rational Pieces Images.
Import ListNotations.
Local Open Scope R_scope.

(* a first line, then knots with the line to their right *)
Fixpoint list_sem (l : line) (ks : list (Q * line)) (x : R) : R :=
  match ks with
  | [] => line_sem l x
  | (p, l') :: rest => if Rlt_dec x (Q2R p) then line_sem l x else list_sem l' rest x
  end.

(* a tree of depth n for the first lines, and the knots that are left over *)
Fixpoint build (n : nat) (l : line) (ks : list (Q * line)) : pieces * list (Q * line) :=
  match n with
  | O => (One l, ks)
  | S n =>
      match build n l ks with
      | (L, (p, l') :: ks') => let (R, rest) := build n l' ks' in (split L p (line_at l' p) R, rest)
      | (L, []) => (L, [])
      end
  end.

Fixpoint lines (t : pieces) : list (Q * line) :=
  match t with One _ => [] | Split L p _ _ R => lines L ++ (p, first_line R) :: lines R end.

Lemma build_correct n : forall l ks, let (t, rest) := build n l ks in
  first_line t = l /\ lines t ++ rest = ks /\ ranged t.
Proof.
  induction n as [|n IH]; intros l ks; cbn [build]; [simpl; auto|].
  pose proof (IH l ks) as HL. destruct (build n l ks) as [L [|[p l'] ks']]; auto.
  pose proof (IH l' ks') as HR. destruct (build n l' ks') as [R rest].
  destruct HL as [EL [<- RL]], HR as [ER [<- RR]]. split; [exact EL|]. split.
  - unfold split. cbn [lines]. rewrite ER, <- app_assoc. reflexivity.
  - apply ranged_split; auto.
Qed.

Lemma list_sem_app ks x : forall l p l' ks', (forall k, In k ks -> Q2R (fst k) < Q2R p) ->
  list_sem l (ks ++ (p, l') :: ks') x = if Rlt_dec x (Q2R p) then list_sem l ks x else list_sem l' ks' x.
Proof.
  induction ks as [|[q k] ks IH]; intros l p l' ks' H; cbn [app list_sem]; auto.
  destruct (Rlt_dec x (Q2R q)) as [h|h]; [|apply IH; intros; apply H; simpl; auto].
  destruct (Rlt_dec x (Q2R p)) as [h'|h']; auto. specialize (H (q, k) ltac:(simpl; auto)). simpl in H. lra.
Qed.

Lemma lines_before t : forall a b k, joined a t (Some b) = true -> In k (lines t) -> Q2R (fst k) < Q2R b.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b k J Hk; [destruct Hk|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ Hb _ _ JL JR]. specialize (Hb b eq_refl).
  cbn [lines] in Hk. apply in_app_or in Hk as [Hk|[<-|Hk]]; auto.
  - specialize (IHL _ _ _ JL Hk). lra.
  - apply (IHR _ _ _ JR Hk).
Qed.

Lemma sem_lines t : forall a b x, joined a t b = true -> sem t x = list_sem (first_line t) (lines t) x.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b x J; cbn [sem first_line lines]; auto.
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
  rewrite list_sem_app, (IHL _ _ x JL), (IHR _ _ x JR); auto.
  intros k Hk. apply (lines_before L a p); auto.
Qed.

Definition tree (l : line) (ks : list (Q * line)) : option pieces :=
  match build (S (Nat.log2 (length ks))) l ks with
  | (t, []) => if joined None t None then Some t else None
  | _ => None
  end.

Theorem tree_correct l ks t : tree l ks = Some t ->
  joined None t None = true /\ ranged t /\ forall x, sem t x = list_sem l ks x.
Proof.
  unfold tree. pose proof (build_correct (S (Nat.log2 (length ks))) l ks) as B.
  destruct (build _ l ks) as [u [|k rest]]; [|discriminate].
  destruct (joined None u None) eqn:J; [|discriminate]. intro E; injection E as <-.
  destruct B as [<- [<- HR]]. rewrite app_nil_r. split; auto. split; auto.
  intro x. apply (sem_lines u None None x J).
Qed.

(* ---- the tree exists if the points increase and the lines meet there ---- *)

Fixpoint fits (a : option Q) (l : line) (ks : list (Q * line)) : Prop :=
  match ks with
  | [] => True
  | (p, l') :: rest =>
      end_less a (Some p) = true /\ line_sem l (Q2R p) = line_sem l' (Q2R p) /\ fits (Some p) l' rest
  end.

Definition next_knot (ks : list (Q * line)) : option Q := match ks with [] => None | (p,
  _) :: _ => Some p end.

Lemma end_less_trans a p b : end_less a (Some p) = true -> end_less (Some p) b = true -> end_less a b = true.
Proof.
  destruct a as [a|], b as [b|]; simpl; auto. intros Hp Hb.
  apply (reflect_true _ _ (lessP _ _)) in Hp, Hb. destruct (lessP a b); auto; lra.
Qed.

Lemma build_fits n : forall a l ks, fits a l ks -> let (t, rest) := build n l ks in
  joined a t (next_knot rest) = true /\ end_less a (next_knot rest) = true /\ fits a (last_line t) rest.
Proof.
  assert (Less : forall a l ks, fits a l ks -> end_less a (next_knot ks) = true).
  { intros [a|] l [|[p k] ks] F; simpl; auto. apply F. }
  assert (Meet : forall l p q, line_sem l (Q2R p) = Q2R q -> same (line_at l p) q = true).
  { intros l p q E. rewrite line_at_correct in E. destruct (sameP (line_at l p) q); auto. }
  induction n as [|n IH]; intros a l ks F; cbn [build]; [split; [|split]; eauto|].
  pose proof (IH a l ks F) as HL. pose proof (build_correct n l ks) as CL.
  destruct (build n l ks) as [L [|[p l'] ks']]; auto. cbn [next_knot] in HL.
  destruct HL as [JL [HL [_ [EL FR]]]]. pose proof (IH (Some p) l' ks' FR) as HR.
  pose proof (build_correct n l' ks') as CR.
  destruct (build n l' ks') as [R rest]. destruct HR as [JR [HR FR']], CR as [ER _].
  assert (Ha : end_less a (next_knot rest) = true) by (apply (end_less_trans _ p); auto).
  split; [|split; [exact Ha|]].
  - unfold split. cbn [joined]. rewrite HL, HR, JL, JR, !andb_true_r. cbn [andb].
    rewrite ER, !Meet; auto; [|rewrite EL]; apply line_at_correct.
  - cbn [split last_line]. destruct rest as [|[q k] rest]; [exact I|]. destruct FR' as [_ FR']. split; auto.
Qed.

Lemma build_all n : forall l ks, let (t, rest) := build n l ks in
  rest = [] \/ (length ks = 2 ^ n - 1 + length rest)%nat.
Proof.
  induction n as [|n IH]; intros l ks; cbn [build]; [right; reflexivity|].
  pose proof (IH l ks) as HL. destruct (build n l ks) as [L [|[p l'] ks']]; [auto|].
  destruct HL as [HL|HL]; [discriminate|]. pose proof (IH l' ks') as HR.
  destruct (build n l' ks') as [R rest].
  destruct HR as [->|HR]; [auto|right]. cbn [length Nat.pow] in *.
  assert (2 ^ n <> 0)%nat by (apply Nat.pow_nonzero; lia). lia.
Qed.

Theorem tree_exists l ks : fits None l ks -> tree l ks <> None.
Proof.
  intro F. unfold tree. set (n := S (Nat.log2 (length ks))).
  pose proof (build_fits n None l ks F) as H. pose proof (build_all n l ks) as A.
  destruct (build n l ks) as [t rest]. destruct rest as [|k rest].
  - destruct H as [J _]. cbn [next_knot] in J. rewrite J. discriminate.
  - exfalso. destruct A as [A|A]; [discriminate|]. assert (B : (length ks < 2 ^ n)%nat).
    { destruct (Nat.eq_dec (length ks) 0) as [E|E]; [unfold n; rewrite E; simpl; lia|]. apply Nat.log2_spec.
      lia. }
    cbn [length] in A. lia.
Qed.
