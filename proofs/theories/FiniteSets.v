(* Finite sets of real numbers and their sizes. *)

From Coq Require Import Reals Lia ZArith List FinFun.
Import ListNotations.
Local Open Scope R_scope.

(* The set P has exactly n elements. *)
Definition count (P : R -> Prop) (n : Z) : Prop :=
  exists l : list R, NoDup l /\ (forall x, In x l <-> P x) /\ Z.of_nat (length l) = n.

Lemma count_ext (P Q : R -> Prop) n : (forall x, P x <-> Q x) -> count P n -> count Q n.
Proof.
  intros E [l [Hl [H Hn]]]. exists l. split; [exact Hl|]. split; [|exact Hn].
  intro x. rewrite H. apply E.
Qed.

Lemma count_unique P m n : count P m -> count P n -> m = n.
Proof.
  intros [l [Hl [El <-]]] [k [Hk [Ek <-]]]. f_equal. apply Nat.le_antisymm.
  - apply NoDup_incl_length; [exact Hl|]. intros x Hx. apply Ek, El, Hx.
  - apply NoDup_incl_length; [exact Hk|]. intros x Hx. apply El, Ek, Hx.
Qed.

Lemma count_none (P : R -> Prop) : (forall x, ~ P x) -> count P 0.
Proof.
  intro H. exists []. split; [constructor|]. split; [|reflexivity].
  intro x. split; [intros []|apply H].
Qed.

Lemma count_one a : count (fun x => x = a) 1.
Proof.
  exists [a]. split; [repeat constructor; intros []|]. split; [|reflexivity].
  intro x. simpl. intuition congruence.
Qed.

Lemma NoDup_append {A} (l k : list A) : NoDup l -> NoDup k -> (forall x, In x l -> In x k -> False) ->
  NoDup (l ++ k).
Proof.
  intros Hl Hk D. induction Hl as [|a l Ha Hl IH]; [exact Hk|]. simpl. constructor.
  - intro H. apply in_app_or in H as [H|H]; [exact (Ha H)|]. apply (D a); simpl; auto.
  - apply IH. intros x Hx. apply D. simpl; auto.
Qed.

Lemma count_or (P Q : R -> Prop) m n : (forall x, P x -> Q x -> False) -> count P m -> count Q n ->
  count (fun x => P x \/ Q x) (m + n).
Proof.
  intros D [l [Hl [El <-]]] [k [Hk [Ek <-]]]. exists (l ++ k). split; [|split].
  - apply NoDup_append; [exact Hl|exact Hk|]. intros x Hx Hx'. apply (D x); [apply El, Hx|apply Ek, Hx'].
  - intro x. rewrite in_app_iff, El, Ek. reflexivity.
  - rewrite app_length. lia.
Qed.

(* A point taken with a condition that has been decided. *)
Lemma count_one_if a (P : Prop) (b : bool) : (b = true <-> P) ->
  count (fun x => x = a /\ P) (if b then 1 else 0).
Proof.
  intro E. destruct b.
  - apply count_ext with (fun x => x = a); [|apply count_one]. intro x. split; [|tauto].
    intro H. split; [exact H|]. apply E. reflexivity.
  - apply count_none. intros x [_ H]. apply E in H. discriminate.
Qed.

(* Sets in bijection. *)
Lemma count_image (P Q : R -> Prop) (g h : R -> R) n :
  (forall x, h (g x) = x) -> (forall y, g (h y) = y) -> (forall x, Q x <-> P (g x)) -> count P n -> count Q n.
Proof.
  intros Ehg Egh E [l [Hl [El Hn]]]. exists (map h l). split; [|split].
  - apply Injective_map_NoDup; [|exact Hl].
    intros x y H. rewrite <- (Egh x), <- (Egh y), H. reflexivity.
  - intro x. rewrite in_map_iff, E, <- El. split.
    + intros [y [<- Hy]]. rewrite Egh. exact Hy.
    + intro H. exists (g x). auto.
  - rewrite map_length. exact Hn.
Qed.

Definition sum {A} (l : list A) (term : A -> Z) : Z := fold_right (fun a z => (term a + z)%Z) 0%Z l.

(* A disjoint union of sets with names in l. *)
Lemma count_sum {A} (l : list A) (P : A -> R -> Prop) (n : A -> Z) : NoDup l ->
  (forall a b x, In a l -> In b l -> P a x -> P b x -> a = b) -> (forall a, In a l -> count (P a) (n a)) ->
  count (fun x => exists a, In a l /\ P a x) (sum l n).
Proof.
  intros Hl. induction Hl as [|a l Ha Hl IH]; intros D H.
  - apply count_none. intros x [a [[] _]].
  - apply count_ext with (fun x => P a x \/ exists b, In b l /\ P b x).
    + intro x. split.
      * intros [Hx|[b [Hb Hx]]]; [exists a|exists b]; simpl; auto.
      * intros [b [[<-|Hb] Hx]]; [auto|right; exists b; auto].
    + apply count_or.
      * intros x Hx [b [Hb Hx']]. apply Ha. rewrite (D a b x); simpl; auto.
      * apply H. simpl; auto.
      * apply IH; [|intros b Hb; apply H; simpl; auto]. intros b c x Hb Hc. apply D; simpl; auto.
Qed.
